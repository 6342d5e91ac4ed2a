import { beforeAll, describe, expect, test } from 'vitest';
import { assemblyOf, fixture, ofType, type Resource, type Template } from './synth.ts';

/** The same deployment twice, the second with another choice wherever the context gives one. */
let prod: Readonly<Record<string, Template>>;
let changed: Readonly<Record<string, Template>>;
let local: Readonly<Record<string, Template>>;
/** The first under a key of the customer. */
let keyed: Readonly<Record<string, Template>>;

beforeAll(async () => {
  const auth = (issuer: string, audience: string) => ({ issuer, audience: [audience] });
  const stage = 'prod';
  const first = { stage, auth: auth('https://idp.example.com/', 'shop') };
  ({ templates: prod } = await assemblyOf(fixture('full'), first));
  ({ templates: keyed } = await assemblyOf(fixture('full'), { ...first, 'kms.key': 'customer' }));
  ({ templates: changed } = await assemblyOf(fixture('full'), {
    stage,
    auth: auth('https://other.example.com/', 'api'),
    'cors.origins': 'https://shop.example',
    'config.backupKey': '8r104hZOMyD7bnjt9coKvwVAt8IxYUcKF4opY5Y-WDI',
    'events.archiveDays': 90,
    'lambda.reservedConcurrency': 'none',
    openapi: 'public',
  }));
  ({ templates: local } = await assemblyOf(fixture('full')));
});

/** What holds data, with the properties that identify one to `cdk import`; a key has no name of ours. */
const identifiers: Readonly<Record<string, string | undefined>> = {
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::KMS::Key': undefined,
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::SQS::Queue': 'QueueName',
};

/** The key of the alarm topic, which protects what is on its way and nothing that is kept. */
const isKept = (id: string): boolean => !id.startsWith('AlarmsKey');

function holdersOf(templates: Readonly<Record<string, Template>>) {
  return Object.entries(templates).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources).flatMap(([id, resource]) =>
      Object.hasOwn(identifiers, resource.Type) && isKept(id) ? [{ at: `${stack}/${id}`, resource }] : [],
    ),
  );
}

const named = ({ at, resource }: { readonly at: string; readonly resource: Resource }): string => {
  const property = identifiers[resource.Type];
  return `${at} ${property === undefined ? '' : String(resource.Properties[property])}`;
};

describe('what holds data', () => {
  test('outlives its stack and a replacement, but not a creation that fails', () => {
    const holders = [...holdersOf(prod), ...holdersOf(keyed)];
    expect(new Set(holders.map(({ resource }) => resource.Type))).toEqual(new Set(Object.keys(identifiers)));
    for (const { at, resource } of holders) {
      expect([resource.DeletionPolicy, resource.UpdateReplacePolicy], at).toEqual([
        'RetainExceptOnCreate',
        'Retain',
      ]);
    }
    for (const { at, resource } of holdersOf(local)) expect(resource.DeletionPolicy, at).toBe('Delete');
  });

  test('has the logical ids and names by which a new stack imports it, whatever the context says', () => {
    const before = holdersOf(prod).map(named);
    for (const text of before) expect(text).not.toMatch(/undefined|object/);
    for (const other of [changed, keyed]) {
      expect(holdersOf(other).map(named)).toEqual(expect.arrayContaining(before));
    }
    const inAudit = before.filter((text) => text.startsWith('anineeplus-prod-plugin-audit/'));
    expect(inAudit.map((text) => text.replace(/^.* /, '')).toSorted()).toEqual([
      'anineeplus-prod-audit-entries',
      'anineeplus-prod-audit-onOrdered',
      'anineeplus-prod-audit-onOrdered-dlq',
    ]);
  });
});

const PARTITION_AND_SORT_KEY = [
  { AttributeName: 'PK', KeyType: 'HASH' },
  { AttributeName: 'SK', KeyType: 'RANGE' },
];

/** The resources of the platform that plugins refer to: a replacement would leave plugins with the old one. */
const referred = {
  ApiF1A3B7F9: { Type: 'AWS::ApiGatewayV2::Api', ProtocolType: 'HTTP' },
  ApiAuthorizer8ADB22C5: {
    Type: 'AWS::ApiGatewayV2::Authorizer',
    ApiId: { Ref: 'ApiF1A3B7F9' },
    AuthorizerType: 'JWT',
  },
  BusEA82B648: { Type: 'AWS::Events::EventBus', Name: 'anineeplus-prod' },
  ErrorsFA5270DE: {
    Type: 'AWS::DynamoDB::GlobalTable',
    TableName: 'anineeplus-prod-errors',
    KeySchema: PARTITION_AND_SORT_KEY,
  },
  Registry4DB9CCA5: {
    Type: 'AWS::DynamoDB::GlobalTable',
    TableName: 'anineeplus-prod-registry',
    KeySchema: PARTITION_AND_SORT_KEY,
  },
  RelayDeadLettersE99AE3C9: { Type: 'AWS::SQS::Queue', QueueName: 'anineeplus-prod-relay-dlq' },
};

describe('what plugins refer to', () => {
  const published = (template: Template | undefined): readonly string[] => {
    const outputs = Object.entries(template?.Outputs ?? {}).filter(([name]) =>
      name.startsWith('PublishOutput'),
    );
    const targets = outputs.map(([, output]) => {
      const { Value } = output as {
        readonly Value: { readonly Ref?: string; readonly 'Fn::GetAtt'?: [string, string] };
      };
      return Value.Ref ?? Value['Fn::GetAtt']?.[0] ?? '';
    });
    return [...new Set(targets)].sort();
  };

  test('is these resources, with the properties whose change would replace them', () => {
    for (const templates of [prod, changed]) {
      const platform = templates['anineeplus-prod-platform'];
      expect(published(platform)).toEqual(Object.keys(referred).sort());
      for (const [id, { Type, ...properties }] of Object.entries(referred)) {
        expect(platform?.Resources[id], id).toMatchObject({ Type, Properties: properties });
      }
    }
  });

  test('is a key of the customer too, where there is one, without any property whose change would replace it', () => {
    const platform = keyed['anineeplus-prod-platform'];
    expect(published(platform)).toEqual([...Object.keys(referred), 'DataKey2A0DE9E6'].sort());
    const key = platform?.Resources['DataKey2A0DE9E6'];
    expect(key?.Type).toBe('AWS::KMS::Key');
    for (const property of ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin']) {
      expect(key?.Properties).not.toHaveProperty(property);
    }
  });
});

describe('the archive of the bus', () => {
  const archivesOf = (templates: Readonly<Record<string, Template>>, stage: string) =>
    ofType(templates[`anineeplus-${stage}-platform`] as Template, 'AWS::Events::Archive').map(
      ({ Properties }) => Properties,
    );

  test('keeps events of this stage for 30 days, or as the context says, and locally none', () => {
    expect(archivesOf(prod, 'prod')).toEqual([
      {
        ArchiveName: 'anineeplus-prod',
        Description: expect.any(String) as string,
        SourceArn: { 'Fn::GetAtt': ['BusEA82B648', 'Arn'] },
        EventPattern: { source: [{ prefix: 'anineeplus.prod.' }] },
        RetentionDays: 30,
      },
    ]);
    expect(archivesOf(changed, 'prod')).toMatchObject([{ RetentionDays: 90 }]);
    expect(archivesOf(local, 'local')).toEqual([]);
  });
});

test('the description of the API needs a token unless the context makes it public, and nothing else goes with it', () => {
  const open = (templates: Readonly<Record<string, Template>>) =>
    Object.values(templates)
      .flatMap((template) => ofType(template, 'AWS::ApiGatewayV2::Route'))
      .flatMap(({ Properties }) =>
        Properties['AuthorizationType'] === 'NONE' ? [Properties['RouteKey']] : [],
      );
  expect(open(prod)).toEqual([]);
  expect(open(changed)).toEqual(['GET /openapi.json']);
});
