import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { evaluate } from '#infra/local/iam/evaluate.ts';
import { readAssembly } from '#infra/local/assembly/read.ts';
import type { Assembly } from '#infra/local/resources/assembly.ts';
import type { PolicyDocument } from '#infra/local/resources/iam.ts';
import { addSecurityChecks } from '#infra/stacks/security-checks.ts';
import { plugins } from '../unit/infra/cli/command-line.ts';
import { javaScriptProject } from '../unit/infra/bundling/plugin-project.ts';
import { manifest } from '../unit/infra/manifest/fixture.ts';
import { appOf, scratch, synth } from './synth.ts';

// A failed validation sets the exit code of the process, which here is the test runner's.
afterEach(() => {
  process.exitCode = 0;
});

const readPhotos = {
  sid: 'ReadPhotos',
  actions: ['s3:GetObject'],
  resources: ['arn:${AWS::Partition}:s3:::photos-${AWS::AccountId}/*'],
};
const detectLabels = {
  sid: 'DetectLabels',
  actions: ['rekognition:DetectLabels'],
  resources: ['*'],
  conditions: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } },
};
const functions = { api: { entry: 'functions/api.js' }, other: { entry: 'functions/api.js' } };

/** A project that hosts the plugin `album`, and allows it the named statements. */
function album(allowed: readonly string[]): string {
  const root = javaScriptProject({
    manifest: manifest('album', {
      functions,
      tables: { photos: { partitionKey: 'PK' } },
      permissions: { api: ['table:photos:read'] },
      iam: { api: [readPhotos, detectLabels] },
    }),
  });
  writeFileSync(
    join(root, 'package.json'),
    JSON.stringify({ anineeplus: { allowIam: { album: allowed } } }, null, 2),
  );
  return root;
}

const both = ['ReadPhotos', 'DetectLabels'];
const ALL = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
} as unknown as PolicyDocument;

/** The decision about a call of a function, by its role and boundary, or by its boundary alone. */
function decide({ functions: all, roles }: Assembly, key: string, action: string, resource: string) {
  const fn = all.find((one) => one.plugin === 'album' && one.key === key);
  const role = roles.find(({ arn }) => arn === fn?.roleArn);
  if (!role) throw new Error(`no role of ${key}`);
  const request = {
    action,
    resource,
    principal: { roleArn: role.arn },
    context: { 'aws:RequestedRegion': 'us-east-1' },
  };
  const by = (identity: readonly PolicyDocument[]) =>
    evaluate({ identity, boundary: role.boundary }, request).decision;
  return { role: by(role.policies), boundary: by([ALL]) };
}

describe('statements of IAM', () => {
  test('that the project allows stand in the role of their function and in the boundary, as they are written', async () => {
    const { dir, templates } = await synth(album(both));
    const assembly = readAssembly(dir, { region: 'us-east-1', accountId: '000000000000' });
    const photo = 'arn:aws:s3:::photos-000000000000/cat.jpg';
    expect(decide(assembly, 'api', 's3:GetObject', photo).role).toBe('allow');
    expect(decide(assembly, 'api', 'rekognition:DetectLabels', '*').role).toBe('allow');
    expect(decide(assembly, 'api', 's3:PutObject', photo).role).toBe('implicit-deny');
    expect(decide(assembly, 'api', 's3:GetObject', 'arn:aws:s3:::photos-1/cat.jpg').role).toBe(
      'implicit-deny',
    );
    expect(decide(assembly, 'other', 's3:GetObject', photo).role).toBe('implicit-deny');
    const text = JSON.stringify(templates['anineeplus-local-plugin-album']);
    expect(text.match(/"Sid":"ReadPhotos"/g)).toHaveLength(2);
    expect(text).toContain('{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}');
  });

  test('never reach what the platform and other plugins manage: the boundary denies it whatever the role has', async () => {
    const { dir } = await synth(album(both));
    const assembly = readAssembly(dir, { region: 'us-east-1', accountId: '000000000000' });
    const at = (service: string, rest: string) => `arn:aws:${service}:us-east-1:000000000000:${rest}`;
    const denied = [
      ['dynamodb:DescribeTable', at('dynamodb', 'table/anineeplus-local-registry')],
      ['dynamodb:DeleteTable', at('dynamodb', 'table/anineeplus-local-album-photos')],
      ['lambda:UpdateFunctionCode', at('lambda', 'function:anineeplus-local-platform-plugins')],
      ['secretsmanager:PutSecretValue', at('secretsmanager', 'secret:anineeplus/local/plugins/shop-abcdef')],
      ['sqs:PurgeQueue', at('sqs', 'anineeplus-local-shop-onPaid')],
      ['iam:PassRole', 'arn:aws:iam::000000000000:role/anineeplus-local-plugin-shop-x'],
      ['s3:PutObject', 'arn:aws:s3:::cdk-hnb659fds-assets-000000000000-us-east-1/code.zip'],
    ] as const;
    for (const [action, resource] of denied) {
      expect([action, decide(assembly, 'api', action, resource).boundary]).toEqual([action, 'explicit-deny']);
    }
    const own = at('dynamodb', 'table/anineeplus-local-album-photos');
    expect(decide(assembly, 'api', 'dynamodb:Query', own).role).toBe('allow');
  });

  test('pass cdk-nag, which has the reason for each wildcard', async () => {
    const dir = scratch();
    const app = await appOf(album(both), {}, { CDK_OUTDIR: dir });
    await addSecurityChecks(app);
    app.synth();
    const { pluginReports } = JSON.parse(readFileSync(join(dir, 'validation-report.json'), 'utf8')) as {
      pluginReports: { violations: unknown[]; suppressedViolations: { ruleName: string }[] }[];
    };
    expect(pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
    const rules = pluginReports.flatMap(({ suppressedViolations }) =>
      suppressedViolations.map(({ ruleName }) => ruleName),
    );
    expect(rules).toEqual(
      expect.arrayContaining([
        'AwsSolutions-IAM5[Resource::*]',
        'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::photos-<AWS::AccountId>/*]',
      ]),
    );
    const metadata = readFileSync(join(dir, 'anineeplus-local-plugin-album.metadata.json'), 'utf8');
    expect(metadata).toContain('The project allows the statement ReadPhotos of album in its package.json');
  });

  test('that the project does not allow fail the synth with the line to add', async () => {
    const synthesis = appOf(album(['ReadPhotos']), {}, { ANINEEPLUS_SYNTH: '' });
    await expect(synthesis).rejects.toThrow(
      /PLG111 [^]*"DetectLabels": rekognition:DetectLabels on \* where [^]*write "allowIam": \{ "album": \["ReadPhotos","DetectLabels"\] \} under anineeplus in package\.json/,
    );
  });

  test('are shown by explain, by their names', async () => {
    const { stdout } = await plugins(album(both), ['explain', 'album']);
    expect(stdout).toContain('may s3:GetObject on photos-000000000000/* (ReadPhotos)');
  });
});
