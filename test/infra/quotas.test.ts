import { App, Stack, Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { measureQuotas, type Usage } from '#infra/quotas/measure.ts';
import { passedQuotas, quotaChecks, raisedQuotasOf } from '#infra/quotas/quota-checks.ts';
import { type Quota, type QuotaName, quotas } from '#infra/quotas/quotas.ts';
import type { StackTemplate, TemplateResource } from '#infra/quotas/templates.ts';
import { scratch } from './synth.ts';

const most = (usages: readonly Usage[], name: QuotaName): number =>
  Math.max(...usages.flatMap(({ quota, used }) => (quota === name ? [used] : [])));

const templateOf = (
  resources: readonly TemplateResource[],
  more: Partial<StackTemplate> = {},
): StackTemplate => ({
  stack: 'app',
  path: '/out/app.template.json',
  bytes: 1000,
  resources: new Map(resources.map((resource, index) => [`Resource${index}`, resource])),
  outputs: {},
  ...more,
});
const several = (count: number, Type: string, Properties = {}): readonly TemplateResource[] =>
  Array.from({ length: count }, () => ({ Type, Properties }));
/** A policy document of so many characters. */
const documentOf = (characters: number) => ({ Sid: 'x'.repeat(characters - '{"Sid":""}'.length) });

/** For each quota, an assembly that uses so much of it. */
const assemblies: Readonly<Record<QuotaName, (used: number) => readonly StackTemplate[]>> = {
  stackResources: (used) => [templateOf(several(used, 'AWS::SQS::Queue'))],
  templateSize: (used) => [templateOf([], { bytes: used })],
  stackOutputs: (used) => {
    const outputs = Array.from({ length: used }, (_, index) => [`Output${index}`, { Value: 'x' }]);
    return [templateOf([], { outputs: Object.fromEntries(outputs) })];
  },
  managedPolicySize: (used) => [
    templateOf([{ Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: documentOf(used) } }]),
  ],
  inlinePolicySize: (used) => [
    templateOf([
      {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {},
          Policies: [{ PolicyDocument: documentOf(used - 100) }, { PolicyDocument: documentOf(100) }],
        },
      },
    ]),
  ],
  trustPolicySize: (used) => [
    templateOf([{ Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: documentOf(used) } }]),
  ],
  keyPolicySize: (used) => [
    templateOf([{ Type: 'AWS::KMS::Key', Properties: { KeyPolicy: documentOf(used) } }]),
  ],
  rolePolicies: (used) => [
    templateOf([
      {
        Type: 'AWS::IAM::Role',
        Properties: { AssumeRolePolicyDocument: {}, ManagedPolicyArns: Array.from({ length: used }) },
      },
    ]),
  ],
  environmentSize: (used) => [
    templateOf([
      {
        Type: 'AWS::Lambda::Function',
        Properties: { Environment: { Variables: { NAME: 'x'.repeat(used - 'NAME'.length) } } },
      },
    ]),
  ],
  functionPolicySize: (used) => {
    const permission = { FunctionName: 'f', SourceArn: '' };
    const empty = 180 + JSON.stringify(permission).length;
    return [
      templateOf([
        {
          Type: 'AWS::Lambda::Permission',
          Properties: { ...permission, SourceArn: 'x'.repeat(used - empty) },
        },
      ]),
    ];
  },
  routes: (used) => spread(used, 'AWS::ApiGatewayV2::Route'),
  integrations: (used) => spread(used, 'AWS::ApiGatewayV2::Integration'),
  rules: (used) => [...spread(used - 1, 'AWS::Events::Rule'), templateOf(several(1, 'AWS::Events::Archive'))],
  ruleTargets: (used) => [
    templateOf([{ Type: 'AWS::Events::Rule', Properties: { Targets: Array.from({ length: used }) } }]),
  ],
  reservedConcurrency: (used) => [
    templateOf([{ Type: 'AWS::Lambda::Function', Properties: { ReservedConcurrentExecutions: 100 } }]),
    templateOf([{ Type: 'AWS::Lambda::Function', Properties: { ReservedConcurrentExecutions: used - 100 } }]),
  ],
  roles: (used) => spread(used, 'AWS::IAM::Role', { AssumeRolePolicyDocument: {} }),
  managedPolicies: (used) => spread(used, 'AWS::IAM::ManagedPolicy', { PolicyDocument: {} }),
  tables: (used) => spread(used, 'AWS::DynamoDB::GlobalTable'),
  scheduleGroups: (used) => spread(used, 'AWS::Scheduler::ScheduleGroup'),
  stacks: (used) => Array.from({ length: used }, () => templateOf([])),
};

/** So many resources, a hundred in each stack. */
function spread(count: number, type: string, properties = {}): readonly StackTemplate[] {
  return Array.from({ length: Math.ceil(count / 100) }, (_, index) =>
    templateOf(several(Math.min(100, count - index * 100), type, properties)),
  );
}

describe.each(Object.entries<Quota>(quotas) as [QuotaName, Quota][])('%s', (name, { limit }) => {
  test('is passed by one more than the limit, and by nothing less', () => {
    const codes = (used: number, raised = {}) =>
      passedQuotas(measureQuotas(assemblies[name](used)), raised).map(({ quota }) => quota);
    expect(codes(limit)).toEqual([]);
    expect(codes(limit + 1)).toEqual([name]);
    expect(codes(limit + 1, { [name]: limit + 1 })).toEqual([]);
  });
});

test('a value that the deployment fills in counts with the length that it will have', () => {
  const table = { Type: 'AWS::DynamoDB::GlobalTable', Properties: { TableName: 'anineeplus-prod-orders' } };
  const document = {
    Resource: [
      { 'Fn::GetAtt': ['Resource0', 'Arn'] },
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sqs:', { Ref: 'AWS::Region' }]] },
      { 'Fn::GetStackOutput': { StackName: 'other', OutputName: 'Bus' } },
    ],
  };
  const policy = { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: document } };
  const other = templateOf([{ Type: 'AWS::Events::EventBus', Properties: { Name: 'main' } }], {
    stack: 'other',
    outputs: { Bus: { Value: { 'Fn::GetAtt': ['Resource0', 'Arn'] } } },
  });
  const resolved = {
    Resource: [
      'arn:aws:dynamodb:ap-southeast-1:123456789012:table/anineeplus-prod-orders',
      'arn:aws:sqs:ap-southeast-1',
      'arn:aws:events:ap-southeast-1:123456789012:event-bus/main',
    ],
  };
  const usages = measureQuotas([templateOf([table, policy]), other]);
  expect(most(usages, 'managedPolicySize')).toBe(JSON.stringify(resolved).length);
});

describe('a synth', () => {
  // A failed validation sets the exit code of the process, which here is the test runner's.
  afterEach(() => {
    process.exitCode = 0;
    vi.restoreAllMocks();
  });

  function synthOf(queues: number, raised = {}): string {
    const printed: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    const outdir = scratch();
    const app = new App({ outdir, builtinCloudFormationValidation: false, analyticsReporting: false });
    app.node.setContext('@aws-cdk/core:stackResourceLimit', 0);
    const stack = new Stack(app, 'shop');
    for (let index = 0; index < queues; index++) new Queue(stack, `Queue${index}`);
    Validations.of(app).addPlugins(quotaChecks(raised));
    try {
      app.synth();
    } catch (error) {
      printed.push(String(error));
    }
    return [...printed, readFileSync(join(outdir, 'validation-report.json'), 'utf8')].join('\n');
  }

  test('fails with the code, the quota, what is used, the limit and what to do', () => {
    const printed = synthOf(501);
    expect(printed).toContain('PLG401 Resources in a stack: 501 resources, and AWS takes 500');
    expect(printed).toContain('Split the plugin: each plugin is a stack of its own.');
    expect(printed).toContain('ValidationFailed');
  });

  test('says nothing below', () => {
    expect(synthOf(500)).not.toContain('PLG4');
  });
});

describe('quotas that AWS has raised', () => {
  const of = (context: Readonly<Record<string, unknown>>) => raisedQuotasOf((key) => context[key]);

  test('are taken from the context, as the CLI and cdk.json have them', () => {
    expect(of({ 'quotas.routes': '600', 'quotas.rules': 2000 })).toEqual({ routes: 600, rules: 2000 });
    expect(of({})).toEqual({});
  });

  test.each(['many', '0', -1, 1.5])('are whole numbers above zero: %s', (given) => {
    expect(() => of({ 'quotas.routes': given })).toThrow('the context "quotas.routes" is');
  });

  test('do not change what AWS raises for nobody', () => {
    expect(of({ 'quotas.integrations': 600 })).toEqual({});
  });
});
