import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readAssembly } from '#infra/local/assembly/read.ts';
import { templateFindings } from '../support/cloudformation-judge.ts';
import { judgePolicies } from '../support/assembly-policies.ts';
import { judgePolicy, overlaps } from '../support/iam-judge.ts';
import { assemblyOf, scratch } from './synth.ts';

const repository = resolve(import.meta.dirname, '../..');
const prod = {
  stage: 'prod',
  auth: { issuer: 'https://idp.example.com/', audience: ['shop'] },
  'config.backupKey': '8r104hZOMyD7bnjt9coKvwVAt8IxYUcKF4opY5Y-WDI',
};

let dirs: Readonly<Record<'local' | 'prod' | 'keyed', string>>;
beforeAll(async () => {
  const [local, deployed] = [await assemblyOf(repository), await assemblyOf(repository, prod)];
  const keyed = await assemblyOf(repository, { ...prod, 'kms.key': 'customer' });
  dirs = { local: local.dir, prod: deployed.dir, keyed: keyed.dir };
});

describe('the templates of the plugins here', () => {
  test.each(['local', 'prod', 'keyed'] as const)(
    'have nothing that CloudFormation would refuse: %s',
    (stage) => {
      expect(templateFindings(dirs[stage])).toEqual([]);
    },
  );

  test('would have with a property that is not there, and with a value that is too high', () => {
    const dir = scratch();
    const app = new App({ outdir: dir, builtinCloudFormationValidation: false });
    const stack = new Stack(app, 'wrong');
    new CfnResource(stack, 'Queue', { type: 'AWS::SQS::Queue', properties: { Colour: 'red' } });
    new CfnResource(stack, 'Topic', { type: 'AWS::SQS::Queue', properties: { DelaySeconds: 901 } });
    app.synth();
    const found = templateFindings(dir).join('\n');
    expect(found).toContain('Colour');
    expect(found).toContain('901');
  });
});

describe('the policies of the plugins here', () => {
  test.each(['local', 'prod', 'keyed'] as const)(
    'have actions, resources and conditions that AWS knows: %s',
    async (stage) => {
      const assembly = readAssembly(dirs[stage], { region: 'us-east-1', accountId: '000000000000' });
      const { judged, refused, accepted } = await judgePolicies(assembly);
      expect(judged).toBeGreaterThan(20);
      expect(refused).toEqual([]);
      // What is accepted is still there.
      for (const { found } of accepted) expect(found).toBeGreaterThan(0);
    },
  );

  const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/orders';
  test.each([
    [{ Action: 'dynamodb:*', Resource: arn }, 'dynamodb:* is a wildcard'],
    [{ Action: 'dynamodb:PutItems', Resource: arn }, 'dynamodb:PutItems does not exist'],
    [{ Action: 'dynamodb:PutItem', Resource: '*' }, 'dynamodb:PutItem takes resources, but has *'],
    [{ Action: 'dynamodb:PutItem', Resource: 'arn:aws:sqs:us-east-1:0:q' }, 'dynamodb:PutItem takes none of'],
    [
      { Action: ['dynamodb:PutItem'], Resource: [arn, 'arn:aws:s3:::b/k'] },
      'no action takes arn:aws:s3:::b/k',
    ],
    [{ Action: 'dynamodb:ListStreams', Resource: arn }, 'dynamodb:ListStreams takes no resource'],
    [{ Effect: 'Deny', Action: 'dynamo:*', Resource: '*' }, 'dynamo does not exist'],
    [{ NotAction: 'dynamodb:PutItem', Resource: '*' }, 'an Allow of everything but some actions'],
    [
      { Action: 'dynamodb:PutItem', Resource: arn, Condition: { StringEquals: { 'events:source': 'a' } } },
      'dynamodb:PutItem is never asked with events:source',
    ],
    [
      {
        Action: 'events:PutEvents',
        Resource: 'arn:aws:events:us-east-1:0:event-bus/b',
        Condition: { Bool: { 'events:source': 'a' } },
      },
      'events:source is of type',
    ],
  ] as const)('would be refused with %j', async (statement, finding) => {
    const findings = await judgePolicy({ Statement: { Effect: 'Allow', ...statement } });
    expect(findings.join('\n')).toContain(finding);
  });

  test('name ARNs that have the form of the resource, wildcards on either side', () => {
    const form =
      'arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:log-stream:${LogStreamName}';
    expect(overlaps('arn:aws:logs:us-east-1:0:log-group:/aws/lambda/x:*', form)).toBe(true);
    expect(overlaps('arn:aws:logs:us-east-1:0:log-group:/aws/lambda/x', form)).toBe(false);
  });
});
