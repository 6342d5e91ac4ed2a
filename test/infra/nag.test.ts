import type { Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { appOf, assemblyOf, fixture, ofType, scratch } from './synth.ts';

interface Report {
  readonly pluginName: string;
  readonly conclusion: 'success' | 'failure';
  readonly violations: readonly { readonly ruleName: string }[];
  /** Those that are acknowledged. */
  readonly suppressedViolations?: readonly { readonly ruleName: string; readonly reason: string }[];
}

// A failed validation sets the exit code of the process, which here is the test runner's.
afterEach(() => {
  process.exitCode = 0;
});

type Context = Readonly<Record<string, unknown>>;
const prod: Context = {
  stage: 'prod',
  auth: { issuer: 'https://idp.example.com/', audience: 'shop' },
  'alarms.email': 'ops@shop.example',
  'config.backupKey': '8r104hZOMyD7bnjt9coKvwVAt8IxYUcKF4opY5Y-WDI',
};

/** What the packs say of a synth as a deployment does it. */
async function reports(
  context: Context,
  change: (stack: Stack) => void = () => undefined,
): Promise<Report[]> {
  const dir = scratch();
  const app = await appOf(fixture('full'), context, { CDK_OUTDIR: dir, ANINEEPLUS_SYNTH: '' });
  change(app.node.findChild(`anineeplus-${String(context['stage'])}-plugin-shop`) as Stack);
  try {
    app.synth();
  } catch {
    // The report says what is wrong.
  }
  const { pluginReports } = JSON.parse(readFileSync(join(dir, 'validation-report.json'), 'utf8')) as {
    readonly pluginReports: readonly Report[];
  };
  return pluginReports.filter(({ pluginName }) => PACKS.includes(pluginName));
}

const PACKS = ['AwsSolutions', 'Serverless'];
const rules = (report: Report[]) =>
  report.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
const acknowledged = (report: Report[]) =>
  report.flatMap(({ suppressedViolations = [] }) => suppressedViolations);

test('a deployment is checked by AwsSolutions and Serverless, and passes with these acknowledgements', async () => {
  const found = await reports(prod);
  expect(found.map(({ pluginName }) => pluginName)).toEqual(PACKS);
  expect(rules(found)).toEqual([]);
  expect(found.map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
  const reasons = acknowledged(found);
  expect([...new Set(reasons.map(({ ruleName }) => ruleName))].sort()).toEqual([
    'AwsSolutions-IAM5[Resource::*]',
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:apigateway:<AWS::Region>::/apis/<ApiF1A3B7F9>/stages/$default/routesettings/*]',
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*]',
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:event-source-mapping:*]',
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:anineeplus-prod-*:config]',
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:anineeplus-prod-*:graphql]',
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:anineeplus-prod-*:health]',
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:anineeplus/prod/plugins/*]',
    'AwsSolutions-SMG4',
    'AwsSolutions-SQS3',
    'Serverless-LambdaDLQ',
    'Serverless-LambdaEventSourceMappingDestination',
    'Serverless-LambdaStarPermissions',
    'Serverless-LambdaTracing',
    'Serverless-SQSRedrivePolicy',
  ]);
  for (const { reason } of reasons) expect(reason.length).toBeGreaterThan(30);
});

test('what runs by a schedule, alone invoked asynchronously, has a failure destination as its acknowledgement says', async () => {
  const { templates } = await assemblyOf(fixture('full'), prod);
  const all = (type: string) => Object.values(templates).flatMap((template) => ofType(template, type));
  const started = all('AWS::Scheduler::Schedule').map(
    ({ Properties }) => (Properties['Target'] as { readonly Input: string }).Input,
  );
  expect(started).toHaveLength(3);
  const configs = all('AWS::Lambda::EventInvokeConfig');
  // Two schedules of the shop start the same function.
  expect(configs).toHaveLength(2);
  for (const { Properties } of configs) {
    expect(Properties).toMatchObject({
      Qualifier: 'live',
      DestinationConfig: { OnFailure: { Destination: expect.anything() as unknown } },
    });
  }
  // Nor does a rule or a topic start a function.
  const targets = all('AWS::Events::Rule').flatMap(
    ({ Properties }) => Properties['Targets'] as { Arn: unknown }[],
  );
  for (const { Arn } of targets) expect(JSON.stringify(Arn)).toMatch(/Queue/);
  const protocols = all('AWS::SNS::Subscription').map(({ Properties }) => Properties['Protocol']);
  expect(protocols).not.toContain('lambda');
});

test('an API that is open because the context says so passes too, and one that is traced', async () => {
  const found = await reports({ stage: 'prod', auth: 'none', tracing: 'on' });
  expect(rules(found)).toEqual([]);
  expect(acknowledged(found).map(({ ruleName }) => ruleName)).toContain('AwsSolutions-APIG4');
});

test.each(['customer', 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'])(
  'a deployment under the key %s passes with the acknowledgements of one under keys of AWS',
  async (key) => {
    const found = await reports({ ...prod, 'kms.key': key });
    expect(rules(found)).toEqual([]);
    const names = (report: Report[]) => new Set(acknowledged(report).map(({ ruleName }) => ruleName));
    expect(names(found)).toEqual(names(await reports(prod)));
  },
);

test('a violation fails', async () => {
  const found = await reports({ stage: 'local' }, (stack) => {
    new Role(stack, 'Careless', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        all: new PolicyDocument({
          statements: [new PolicyStatement({ actions: ['dynamodb:*'], resources: ['*'] })],
        }),
      },
    });
  });
  expect(found.map(({ conclusion }) => conclusion)).toContain('failure');
  expect(rules(found)).toContain('AwsSolutions-IAM5[Resource::*]');
});
