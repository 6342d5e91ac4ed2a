import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AssemblyError } from '../../../../../infra/local/assembly/error.ts';
import { resolveStacks } from '../../../../../infra/local/assembly/resolve-stacks.ts';
import { readStacks } from '../../../../../infra/local/assembly/stacks.ts';

const env = { region: 'us-east-1', accountId: '000000000000' };

type Section = Record<string, unknown>;

function resolveTemplates(...templates: readonly Section[]) {
  return resolveStacks(
    templates.map((template, index) => ({ name: `s${index}`, template, assets: new Map<string, string>() })),
    env,
  );
}

/** Resolves one value as the property of an alarm, in a stack with some neighbours. */
function resolved(value: unknown): unknown {
  const stacks = resolveTemplates(
    {
      Parameters: { P: { Type: 'String', Default: 'p' }, L: { Type: 'CommaDelimitedList', Default: 'a,b' } },
      Mappings: { M: { top: { second: 'mapped' } } },
      Conditions: {
        Yes: { 'Fn::Equals': [{ Ref: 'P' }, 'p'] },
        No: { 'Fn::Not': [{ Condition: 'Yes' }] },
        And: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
        Or: { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] },
      },
      Resources: {
        Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } },
        Absent: { Type: 'AWS::SQS::Queue', Condition: 'No' },
        A: { Type: 'AWS::CloudWatch::Alarm', DependsOn: 'Q', Properties: { value } },
      },
    },
    {
      Resources: { Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'bus' } } },
      Outputs: {
        O: {
          Value: { 'Fn::GetAtt': ['Bus', 'Arn'] },
          Export: { Name: { 'Fn::Sub': '${AWS::StackName}:O' } },
        },
      },
    },
  );
  return stacks.resources.find((resource) => resource.logicalId === 'A')?.properties.value['value'];
}

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:q';
const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/bus';

describe('intrinsic functions', () => {
  it.each<[unknown, unknown]>([
    ['text', 'text'],
    [{ a: [1, true, { b: 'c' }] }, { a: [1, true, { b: 'c' }] }],
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ Ref: 'AWS::AccountId' }, '000000000000'],
    [{ Ref: 'AWS::Partition' }, 'aws'],
    [{ Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    [{ Ref: 'AWS::StackName' }, 's0'],
    [{ Ref: 'P' }, 'p'],
    [{ Ref: 'L' }, ['a', 'b']],
    [{ Ref: 'Q' }, 'https://sqs.us-east-1.amazonaws.com/000000000000/q'],
    [{ 'Fn::GetAtt': ['Q', 'Arn'] }, QUEUE],
    [{ 'Fn::GetAtt': 'Q.Arn' }, QUEUE],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'P' }, 3]] }, 'a-p-3'],
    [{ 'Fn::Join': ['+', { 'Fn::Split': [',', 'x,y'] }] }, 'x+y'],
    [{ 'Fn::Sub': 'a ${P} ${Q.Arn} ${AWS::Region} ${!Literal}' }, `a p ${QUEUE} us-east-1 \${Literal}`],
    [{ 'Fn::Sub': ['${x}/${P}', { x: { Ref: 'AWS::Region' } }] }, 'us-east-1/p'],
    [{ 'Fn::Select': ['1', ['a', 'b']] }, 'b'],
    [{ 'Fn::Select': [6, { 'Fn::Split': [':', 'arn:aws:lambda:r:1:function:f:live'] }] }, 'f'],
    [{ 'Fn::If': ['Yes', { Ref: 'P' }, { Ref: 'Nowhere' }] }, 'p'],
    [{ 'Fn::If': ['No', 'a', 'b'] }, 'b'],
    [{ 'Fn::If': ['And', 'a', 'b'] }, 'b'],
    [{ 'Fn::If': ['Or', 'a', 'b'] }, 'a'],
    [{ a: { 'Fn::If': ['No', 'a', { Ref: 'AWS::NoValue' }] }, b: 1 }, { b: 1 }],
    [['a', { Ref: 'AWS::NoValue' }], ['a']],
    [{ 'Fn::FindInMap': ['M', 'top', { 'Fn::Join': ['', ['sec', 'ond']] }] }, 'mapped'],
    [{ 'Fn::Base64': { Ref: 'P' } }, 'cA=='],
    [{ 'Fn::ImportValue': 's1:O' }, BUS],
    [{ 'Fn::GetStackOutput': { StackName: 's1', Region: { Ref: 'AWS::Region' }, OutputName: 'O' } }, BUS],
    [{ 'Fn::Length': { Ref: 'L' } }, 2],
  ])('%j', (value, expected) => {
    expect(resolved(value)).toEqual(expected);
  });

  const at = 's0/A.Properties.value';
  it.each([
    [{ 'Fn::GetAZs': '' }, `${at}: unknown intrinsic function Fn::GetAZs`],
    [{ 'Fn::Sub': 'a', b: 1 }, `${at}: Fn::Sub cannot have other members`],
    [{ Ref: 'Nowhere' }, `${at}.Ref: there is no resource or parameter Nowhere`],
    [{ Ref: 'Absent' }, `${at}.Ref: there is no resource or parameter Absent`],
    [{ 'Fn::GetAtt': ['Q', 'Colour'] }, `${at}.Fn::GetAtt: Q (AWS::SQS::Queue) has no attribute Colour`],
    [{ 'Fn::Sub': '${Nowhere}' }, `${at}.Fn::Sub: there is no resource or parameter Nowhere`],
    [{ 'Fn::Select': [2, ['a']] }, `${at}.Fn::Select: there is no element 2`],
    [{ 'Fn::If': ['Maybe', 1, 2] }, `${at}.Fn::If: there is no condition Maybe`],
    [{ 'Fn::FindInMap': ['M', 'top', 'x'] }, `${at}.Fn::FindInMap: there is no mapping M.top.x`],
    [{ 'Fn::ImportValue': 'x' }, `${at}.Fn::ImportValue: no stack exports x`],
    [{ 'Fn::GetStackOutput': { StackName: 'x', OutputName: 'O' } }, 'there is no stack x'],
    [{ 'Fn::GetStackOutput': { StackName: 's1', OutputName: 'x' } }, 'stack s1 has no output x'],
    [{ 'Fn::GetStackOutput': { StackName: 's1', OutputName: 'O', Region: 'eu-west-1' } }, 'is not us-east-1'],
    [{ 'Fn::Join': ['', [{ Ref: 'L' }]] }, 'does not resolve to text'],
    [{ a: ['{{resolve:ssm:x}}'] }, `${at}.a[0]: dynamic references are not supported`],
    [{ Ref: 'A' }, `${at}.Ref: reference cycle: A -> A`],
  ])('refuses %j', (value, message) => {
    expect(() => resolved(value)).toThrow(AssemblyError);
    expect(() => resolved(value)).toThrow(message);
  });

  it('names all unknown types at once', () => {
    const templates = [{ Resources: { A: { Type: 'AWS::X::Y' }, B: { Type: 'Custom::Z' } } }];
    expect(() => resolveTemplates(...templates)).toThrow(
      /s0\/A: resource type AWS::X::Y .*\n.*s0\/B: resource type Custom::Z/,
    );
  });

  it('finds cycles over several resources and DependsOn', () => {
    const A = { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'B' } } };
    const B = { Type: 'AWS::SQS::Queue', DependsOn: ['A'] };
    expect(() => resolveTemplates({ Resources: { A, B } })).toThrow('reference cycle: A -> B -> A');
  });
});

describe('stacks', () => {
  const dir = mkdtempSync(join(tmpdir(), 'stacks-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('come after the stacks they depend on', () => {
    writeFileSync(join(dir, 't.json'), '{}');
    const stack = (...dependencies: string[]) => ({
      type: 'aws:cloudformation:stack',
      properties: { templateFile: 't.json' },
      dependencies,
    });
    writeFileSync(
      join(dir, 'manifest.json'),
      JSON.stringify({ artifacts: { b: stack('a'), a: stack(), c: stack('b') } }),
    );
    expect(readStacks(dir).map((one) => one.name)).toEqual(['a', 'b', 'c']);
    writeFileSync(
      join(dir, 'manifest.json'),
      JSON.stringify({ artifacts: { b: stack('a'), a: stack('b') } }),
    );
    expect(() => readStacks(dir)).toThrow('depend on each other');
  });
});
