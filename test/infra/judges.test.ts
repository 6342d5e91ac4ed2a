import { App, CfnResource, CloudFormationValidatePlugin, Stack } from 'aws-cdk-lib';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readAssembly } from '#infra/local/assembly/read.ts';
import type { Assembly } from '#infra/local/resources/assembly.ts';
import type { PolicyDocument } from '#infra/local/resources/iam.ts';
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

// Its rules are compiled once.
const cloudFormation = new CloudFormationValidatePlugin();

/** What CloudFormation's own validator finds in the templates of a folder, warnings too. */
function validate(dir: string): string[] {
  const stackTemplates = readdirSync(dir)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => ({
      stackConstructPath: file,
      templatePath: join(dir, file),
      accountId: undefined,
      region: undefined,
    }));
  expect(stackTemplates.length).toBeGreaterThan(0);
  const { violations } = cloudFormation.validate({
    templatePaths: stackTemplates.map(({ templatePath }) => templatePath),
    stackTemplates,
    appConstruct: new App(),
  });
  return violations.map(({ ruleName, description }) => `${ruleName} ${description}`);
}

describe('the templates of the plugins here', () => {
  test.each(['local', 'prod', 'keyed'] as const)(
    'have nothing that CloudFormation would refuse: %s',
    (stage) => {
      expect(validate(dirs[stage])).toEqual([]);
    },
  );

  test('would have with a property that is not there, and with a value that is too high', () => {
    const dir = scratch();
    const app = new App({ outdir: dir, builtinCloudFormationValidation: false });
    const stack = new Stack(app, 'wrong');
    new CfnResource(stack, 'Queue', { type: 'AWS::SQS::Queue', properties: { Colour: 'red' } });
    new CfnResource(stack, 'Topic', { type: 'AWS::SQS::Queue', properties: { DelaySeconds: 901 } });
    app.synth();
    const found = validate(dir).join('\n');
    expect(found).toContain('Colour');
    expect(found).toContain('901');
  });
});

/** Every policy of an assembly with what it belongs to; roles share boundaries, which stand here once. */
function policiesOf({ roles, queues }: Assembly): ReadonlyMap<string, string> {
  const all: (readonly [string, PolicyDocument | undefined])[] = [
    ...roles.flatMap(({ name, policies, boundary, trust }) => [
      ...policies.map((policy) => [name, policy] as const),
      [`boundary of ${name}`, boundary] as const,
      [`trust of ${name}`, trust && withoutResource(trust)] as const,
    ]),
    ...queues.map(({ name, policy }) => [name, policy] as const),
  ];
  return new Map(all.flatMap(([owner, policy]) => (policy ? [[JSON.stringify(policy), owner]] : [])));
}

/** A trust policy has no resource in its template; the runner reads it with one. */
const withoutResource = ({ Statement }: PolicyDocument): PolicyDocument => ({
  Statement: [Statement].flat().map((statement) => ({ ...statement, Resource: undefined })),
});

const ACCEPTED: readonly (readonly [finding: string, reason: string])[] = [
  [
    'dynamodb:ListStreams takes no resource',
    'Lambda asks with the stream: "IAM policy to allow an AWS Lambda function to access DynamoDB stream records"',
  ],
];

describe('the policies of the plugins here', () => {
  test.each(['local', 'prod', 'keyed'] as const)(
    'have actions, resources and conditions that AWS knows: %s',
    async (stage) => {
      const policies = policiesOf(
        readAssembly(dirs[stage], { region: 'us-east-1', accountId: '000000000000' }),
      );
      expect(policies.size).toBeGreaterThan(20);
      const found = await Promise.all(
        [...policies].map(async ([text, owner]) =>
          (await judgePolicy(JSON.parse(text) as PolicyDocument)).map((finding) => `${owner}: ${finding}`),
        ),
      );
      const accepted = (finding: string) => ACCEPTED.some(([text]) => finding.endsWith(text));
      expect(found.flat().filter((finding) => !accepted(finding))).toEqual([]);
      for (const [text] of ACCEPTED) expect(found.flat().join('\n')).toContain(text);
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
