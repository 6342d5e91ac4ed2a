import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { appOf, fixture, scratch } from './synth.ts';

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly conclusion: 'success' | 'failure';
    readonly violations: readonly { readonly ruleName: string }[];
    readonly suppressedViolations: readonly { readonly ruleName: string }[];
  }[];
}

// A failed validation sets the exit code of the process, which here is the test runner's.
afterEach(() => {
  process.exitCode = 0;
});

async function nag(
  context: { readonly stage?: string; readonly auth?: unknown; readonly 'config.backupKey'?: string } = {},
  change: (stack: Stack) => void = () => undefined,
): Promise<{ report: Report['pluginReports'][number]; manifest: string }> {
  const { stage = 'local' } = context;
  const dir = scratch();
  const app = await appOf(fixture('full'), context, { CDK_OUTDIR: dir });
  change(app.node.findChild(`anineeplus-${stage}-plugin-shop`) as Stack);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  try {
    app.synth();
  } catch {
    // The report says what is wrong.
  }
  const { pluginReports } = JSON.parse(readFileSync(join(dir, 'validation-report.json'), 'utf8')) as Report;
  const report = pluginReports.find(({ pluginName }) => pluginName === 'AwsSolutions');
  if (!report) throw new Error('cdk-nag did not report');
  const metadata = ['platform', 'plugin-shop', 'plugin-audit'].map((name) =>
    readFileSync(join(dir, `anineeplus-${stage}-${name}.metadata.json`), 'utf8'),
  );
  return { report, manifest: metadata.join('\n') };
}

test('the stacks pass AwsSolutions', async () => {
  const { report } = await nag({
    stage: 'prod',
    auth: { issuer: 'https://idp.example.com/', audience: 'shop' },
    'config.backupKey': '8r104hZOMyD7bnjt9coKvwVAt8IxYUcKF4opY5Y-WDI',
  });
  expect(report.violations).toEqual([]);
  expect(report.conclusion).toBe('success');
});

test('every acknowledgement has a reason, and there are no others', async () => {
  const { report, manifest } = await nag();
  expect([...new Set(report.suppressedViolations.map(({ ruleName }) => ruleName))].sort()).toEqual([
    'AwsSolutions-IAM5[Resource::*]',
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*]',
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:event-source-mapping:*]',
    'AwsSolutions-SMG4',
    'AwsSolutions-SQS3',
  ]);
  const reasons = [...manifest.matchAll(/"AwsSolutions::[^"]+":\s*"([^"]*)"/g)].map(
    (match) => match[1] ?? '',
  );
  expect(reasons.length).toBeGreaterThan(0);
  for (const reason of reasons) expect(reason.length).toBeGreaterThan(30);
});

test('an API that is open because the context says so passes too', async () => {
  const { report } = await nag({ stage: 'prod', auth: 'none' });
  expect(report.violations).toEqual([]);
  expect(report.suppressedViolations.map(({ ruleName }) => ruleName)).toContain('AwsSolutions-APIG4');
});

test('a violation fails', async () => {
  const { report } = await nag({}, (stack) => {
    new Role(stack, 'Careless', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        all: new PolicyDocument({
          statements: [new PolicyStatement({ actions: ['dynamodb:*'], resources: ['*'] })],
        }),
      },
    });
  });
  expect(report.conclusion).toBe('failure');
  expect(report.violations.map(({ ruleName }) => ruleName)).toContain('AwsSolutions-IAM5[Resource::*]');
});
