import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ManifestInput } from '#infra/manifest/schema.ts';
import { readAssembly } from '#infra/local/assembly/read.ts';
import type { Assembly } from '#infra/local/resources/assembly.ts';
import { edited } from '../support/edited-assembly.ts';
import { generatedPlugins, manifestOf } from '../support/generated-plugins.ts';
import { assemblyOfManifests } from '../support/generated-templates.ts';
import { ofType, type Resource, type Template, templatesIn } from './synth.ts';

const OWN = 'arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const contexts = {
  aws: {},
  customer: { 'kms.key': 'customer' },
  own: { 'kms.key': OWN },
  prepared: { 'kms.key': 'customer', 'kms.encrypt': 'none' },
} as const;
type Mode = keyof typeof contexts;

/** A plugin that has whatever a manifest can ask for, whose traffic moves in steps. */
function shop(): ManifestInput {
  const [{ name } = { name: '' }] = generatedPlugins(1);
  const manifest = manifestOf(name);
  return {
    ...manifest,
    events: { ...manifest.events, publishes: [{ type: 'shop.made', version: '1.0.0' }] },
    tables: {
      notes: {
        partitionKey: 'PK',
        sortKey: 'SK',
        stream: { view: 'NEW_IMAGE', relay: { sortKeyPrefix: 'EVT#' } },
      },
    },
    permissions: { ...manifest.permissions, relay: ['events:publish:shop.*'] },
    deploy: { strategy: 'canary10Percent5Minutes' },
  };
}

const deployed: Record<string, { readonly dir: string; readonly templates: Record<string, Template> }> = {};
beforeAll(async () => {
  for (const [mode, context] of Object.entries(contexts)) {
    const { dir } = await assemblyOfManifests([shop()], {
      stage: 'prod',
      auth: { issuer: 'https://idp.example.com/', audience: ['shop'] },
      'config.backupKey': '8r104hZOMyD7bnjt9coKvwVAt8IxYUcKF4opY5Y-WDI',
      'alarms.email': 'ops@shop.example',
      ...context,
    });
    deployed[mode] = { dir, templates: templatesIn(dir) };
  }
});

const templatesOf = (mode: Mode): readonly Template[] => Object.values(deployed[mode]?.templates ?? {});
const all = (mode: Mode, type: string): readonly Resource[] =>
  templatesOf(mode).flatMap((template) => ofType(template, type));
const read = (dir: string): Assembly => readAssembly(dir, { region: 'us-east-1', accountId: '000000000000' });
const assemblyOf = (mode: Mode): Assembly => read(deployed[mode]?.dir ?? '');

/** Every type that keeps data, with the property that names its key. */
const KEYED = {
  'AWS::DynamoDB::GlobalTable': (properties: Resource['Properties']) =>
    (
      properties['Replicas'] as readonly {
        readonly SSESpecification?: { readonly KMSMasterKeyId: unknown };
      }[]
    )[0]?.SSESpecification?.KMSMasterKeyId,
  'AWS::Events::Archive': (properties: Resource['Properties']) => properties['KmsKeyIdentifier'],
  'AWS::Events::EventBus': (properties: Resource['Properties']) => properties['KmsKeyIdentifier'],
  'AWS::Logs::LogGroup': (properties: Resource['Properties']) => properties['KmsKeyId'],
  'AWS::SNS::Topic': (properties: Resource['Properties']) => properties['KmsMasterKeyId'],
  'AWS::SQS::Queue': (properties: Resource['Properties']) => properties['KmsMasterKeyId'],
};

/** Not under the key that may be what failed. */
const isBusDeadLetters = ({ Properties }: Resource) => Properties['QueueName'] === 'anineeplus-prod-bus-dlq';

describe('with a key of the customer', () => {
  test.each(['customer', 'own'] as const)('all that keeps data is encrypted with it: %s', (mode) => {
    for (const [type, keyOf] of Object.entries(KEYED)) {
      const holders = all(mode, type).filter((one) => !isBusDeadLetters(one));
      expect(holders.length, type).toBeGreaterThan(0);
      const keys = holders.map(({ Properties }) => JSON.stringify(keyOf(Properties) ?? null));
      for (const key of keys) expect(key, type).toMatch(mode === 'own' ? `"${OWN}"` : /DataKey/);
    }
    for (const { Properties } of all(mode, 'AWS::DynamoDB::GlobalTable')) {
      expect(Properties['SSESpecification']).toEqual({ SSEEnabled: true, SSEType: 'KMS' });
    }
    const managed = all(mode, 'AWS::SQS::Queue').filter((one) => one.Properties['SqsManagedSseEnabled']);
    expect(managed.map(({ Properties }) => Properties['QueueName'])).toEqual(['anineeplus-prod-bus-dlq']);
  });

  test('nothing is encrypted with it, and roles may use it, while the context says so', () => {
    const encrypted = Object.entries(KEYED).flatMap(([type, keyOf]) =>
      all('prepared', type).map(({ Properties }) => keyOf(Properties)),
    );
    const notAlarms = encrypted.filter((key) => !JSON.stringify(key ?? null).includes('AlarmsKey'));
    expect(new Set(notAlarms)).toEqual(new Set([undefined]));
    expect(all('prepared', 'AWS::SQS::Queue').some(isBusDeadLetters)).toBe(false);
    const roles = ({ roles: found }: Assembly) => found.map(({ name, policies }) => ({ name, policies }));
    expect(roles(assemblyOf('prepared'))).toEqual(roles(assemblyOf('customer')));
  });

  test('there is one key for all stacks, and none where the operator has one', () => {
    const descriptions = (mode: Mode) =>
      all(mode, 'AWS::KMS::Key').map(({ Properties }) => Properties['Description']);
    const ofPlugin = 'Configuration of the plugin';
    const shared = (mode: Mode) => descriptions(mode).filter((text) => !String(text).startsWith(ofPlugin));
    expect(shared('aws')).toEqual(['Notifications of alarms (prod)']);
    expect(shared('customer')).toEqual(['Tables, queues, logs and events (prod)']);
    expect(shared('own')).toEqual([]);
  });

  test('the queue of a rule takes messages of this rule alone, as under keys of AWS', () => {
    const policies = (mode: Mode) => all(mode, 'AWS::SQS::QueuePolicy').map((one) => JSON.stringify(one));
    const without = policies('customer').filter((text) => !text.includes('BusDeadLetters'));
    expect(without).toEqual(policies('aws'));
  });
});

/** Statements of a role on the key, as `actions via service`. */
function usesOf({ roles, functions, schedules }: Assembly): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    roles.map(({ arn, name, policies }) => {
      const fn = functions.find(({ roleArn }) => roleArn === arn);
      const schedule = schedules.find(({ roleArn }) => roleArn === arn);
      const statements = policies.flatMap(({ Statement }) => [Statement].flat());
      const uses = statements
        .filter(({ Action }) => JSON.stringify(Action).includes('kms:'))
        .filter(({ Condition }) => !JSON.stringify(Condition).includes('secretsmanager'))
        .map(({ Action, Condition }) => {
          const { StringEquals } = Condition as Record<string, Record<string, string>>;
          return `${[Action].flat().join()} via ${StringEquals?.['kms:ViaService']}`;
        });
      return [
        fn ? `${fn.plugin}/${fn.key}` : schedule ? 'schedule' : name.replace(/.*-(\w+?)Role.*/, '$1'),
        uses,
      ];
    }),
  );
}

describe('a role', () => {
  const TABLES = 'kms:Decrypt via dynamodb.us-east-1.amazonaws.com';
  const RECEIVE = 'kms:Decrypt via sqs.us-east-1.amazonaws.com';
  const SEND = 'kms:Decrypt,kms:GenerateDataKey via sqs.us-east-1.amazonaws.com';

  test('may use the key by the services that it uses, and not otherwise', () => {
    const [{ name } = { name: '' }] = generatedPlugins(1);
    const uses = usesOf(assemblyOf('customer'));
    expect(uses['platform/graphql']).toEqual([TABLES]);
    expect(uses['platform/plugins']).toEqual([TABLES]);
    expect(uses['platform/backup']).toEqual([TABLES, SEND]);
    expect(uses['platform/relay']).toEqual([TABLES, SEND]);
    expect(uses[`${name}/relay`]).toEqual([TABLES, SEND]);
    expect(uses['schedule']).toEqual([SEND]);
    expect(Object.values(uses).flat().sort()).toEqual(expect.arrayContaining([RECEIVE]));
    // The check of new versions, and CodeDeploy.
    expect(uses[`${name}/deploy-check`]).toEqual([]);
    expect(uses['TrafficShift']).toEqual([]);
    expect(usesOf(assemblyOf('own'))).toEqual(uses);
    expect(Object.values(usesOf(assemblyOf('aws'))).flat()).toEqual([]);
  });

  test('may use no other key than that of the deployment and those of configurations', () => {
    const keys = assemblyOf('customer').keys.map(({ arn }) => arn);
    const statements = assemblyOf('customer')
      .roles.flatMap(({ policies, boundary }) => [...policies, ...(boundary ? [boundary] : [])])
      .flatMap(({ Statement }) => [Statement].flat())
      .filter(({ Effect, Action }) => Effect === 'Allow' && JSON.stringify(Action).includes('kms:'));
    for (const { Resource, Condition } of statements) {
      const onSecrets = JSON.stringify(Condition).includes('secretsmanager');
      if (!onSecrets) expect(keys).toEqual(expect.arrayContaining([Resource].flat()));
      expect(JSON.stringify(Condition)).toContain('kms:ViaService');
    }
  });
});

describe('the policy of the key', () => {
  const keyOf = (templates: readonly Template[]) =>
    templates
      .flatMap((template) => ofType(template, 'AWS::KMS::Key'))
      .find(({ Properties }) => String(Properties['Description']).startsWith('Tables'));

  test('is the same for any number of plugins, and far below the 32 KB that KMS takes', async () => {
    const manifests = generatedPlugins(20).map(({ name }) => manifestOf(name));
    const { dir } = await assemblyOfManifests(manifests, {
      stage: 'prod',
      auth: 'none',
      'kms.key': 'customer',
    });
    const policyOf = (templates: readonly Template[]) => keyOf(templates)?.Properties['KeyPolicy'];
    const policy = policyOf(templatesOf('customer'));
    expect(policy).toBeDefined();
    expect(policyOf(Object.values(templatesIn(dir)))).toEqual(policy);
    expect(JSON.stringify(policy).length).toBeLessThan(8192);
  });

  test('rotates, stays when the stack goes, and has an alias', () => {
    const key = keyOf(templatesOf('customer'));
    expect(key).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { EnableKeyRotation: true },
    });
    const aliases = all('customer', 'AWS::KMS::Alias').map(({ Properties }) => Properties['AliasName']);
    expect(aliases).toEqual(['alias/anineeplus-prod']);
  });

  test('is printed in the guide for operators who bring a key', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../plugins/DEPLOYMENT.md'), 'utf8');
    const [printed] =
      /```json\n([^]*?)```/.exec(guide.slice(guide.indexOf('### A key of your own')))?.slice(1) ?? [];
    const there = { region: 'eu-central-1', accountId: '123456789012' };
    const policies = readAssembly(deployed['customer']?.dir ?? '', there).keys.map(({ policy }) => policy);
    expect(policies).toContainEqual(JSON.parse(printed ?? ''));
  });

  /** The statements of the key's policy, without one. */
  const withoutStatement = (found: (statement: string) => boolean) =>
    edited(deployed['customer']?.dir ?? '', 'anineeplus-prod-platform', ({ Resources }) => {
      const key = Object.values(Resources).find(({ Properties }) =>
        String(Properties?.['Description']).startsWith('Tables, queues'),
      );
      const policy = key?.Properties?.['KeyPolicy'] as { Statement: unknown[] };
      const before = policy.Statement.length;
      policy.Statement = policy.Statement.filter((statement) => !found(JSON.stringify(statement)));
      expect(policy.Statement).toHaveLength(before - 1);
    });

  test.each([
    [
      'log-group:/aws/lambda',
      '"Logs"',
      /log group \/aws\/lambda\/anineeplus-prod-platform-plugins: CloudWatch Logs/,
    ],
    ['DescribeKey', '"DescribedByEvents"', /event bus anineeplus-prod: EventBridge may not kms:DescribeKey/],
    ['the bus', '"Events"', /event bus anineeplus-prod: EventBridge may not kms:GenerateDataKey/],
    ['rules', '"Rules"', /EventBridge may not send to .*: no policy allows kms:GenerateDataKey/],
    [
      'alarms',
      'cloudwatch.amazonaws.com',
      /CloudWatch may not publish to .*: no policy allows kms:GenerateDataKey/,
    ],
    ['roles', ':root', /role .* may not kms:Decrypt on arn:aws:kms/],
  ])('allows %s what AWS would refuse to work without', (_, statement, refusal) => {
    expect(() => read(withoutStatement((text) => text.includes(statement)))).toThrow(refusal);
  });
});
