import { expect, it } from 'vitest';
import { resourceGraph } from '#infra/local/dev/resource-graph.ts';
import type { PolicyStatement } from '#infra/local/resources/iam.ts';
import { assemblyOf, functionOf } from '../lambda/fixture.ts';

const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:000000000000:${resource}`;
const allow = (actions: readonly string[], resource: string): PolicyStatement => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resource,
});
const table = arn('dynamodb', 'table/anineeplus-local-test-things');
const queue = arn('sqs', 'anineeplus-local-test-on-paid');
const dead = arn('sqs', 'anineeplus-local-test-on-paid-dlq');
const bus = arn('events', 'event-bus/anineeplus-local');
const rule = arn('events', 'rule/anineeplus-local/anineeplus-local-test-on-paid');
const secret = arn('secretsmanager', 'secret:anineeplus/local/plugins/test-034896');
const schedule = arn('scheduler', 'schedule/test/due');
const [api, worker] = [functionOf('', 'api'), functionOf('', 'worker')];
const queueOf = (queueArn: string, redrive?: { deadLetterArn: string; maxReceiveCount: number }) => ({
  name: queueArn.split(':').at(-1) ?? '',
  arn: queueArn,
  url: '',
  visibilityTimeoutSeconds: 60,
  retentionSeconds: 3600,
  redrive,
  policy: undefined,
});
const key = { name: 'pk', type: 'S' } as const;
const mapping = (sourceArn: string) => ({
  id: sourceArn,
  sourceArn,
  functionArn: `${worker.arn}:live`,
  batchSize: 1,
  batchingWindowSeconds: 0,
  maximumConcurrency: Infinity,
  filters: [],
  reportBatchItemFailures: true,
  bisectOnError: false,
  maxRetries: -1,
  maxRecordAgeSeconds: -1,
  onFailureArn: undefined,
  enabled: true,
});

const assembly = assemblyOf([api, worker], {
  routes: [
    {
      key: 'GET /things',
      functionArn: `${api.arn}:live`,
      auth: 'none',
      scopes: [],
      issuer: undefined,
      audience: [],
    },
  ],
  functionUrls: [
    {
      functionArn: `${api.arn}:live`,
      plugin: 'test',
      webhook: 'paid',
      path: '/webhooks/paid',
      maxBodyBytes: 1,
    },
  ],
  schedules: [
    {
      name: 'due',
      arn: schedule,
      groupArn: '',
      plugin: 'test',
      key: 'due',
      expression: 'rate(1 day)',
      enabled: true,
      functionArn: `${worker.arn}:live`,
      roleArn: '',
      input: '',
      deadLetterArn: undefined,
    },
  ],
  tables: [
    {
      name: 'anineeplus-local-test-things',
      arn: table,
      partitionKey: key,
      sortKey: undefined,
      indexes: [],
      ttlAttribute: undefined,
      streamArn: `${table}/stream/1`,
      streamView: 'NEW_IMAGE',
    },
  ],
  queues: [queueOf(queue, { deadLetterArn: dead, maxReceiveCount: 3 }), queueOf(dead)],
  buses: [{ name: 'anineeplus-local', arn: bus }],
  rules: [
    {
      name: 'anineeplus-local-test-on-paid',
      arn: rule,
      busName: 'anineeplus-local',
      enabled: true,
      pattern: {},
      targets: [{ id: 'q', arn: queue, deadLetterArn: undefined }],
    },
  ],
  mappings: [mapping(queue), mapping(`${table}/stream/1`)],
  secrets: [{ name: 'anineeplus/local/plugins/test', arn: secret, initialValue: '' }],
  roles: [
    {
      arn: api.roleArn,
      name: 'api',
      boundary: undefined,
      trust: undefined,
      policies: [
        {
          Statement: [
            allow(['dynamodb:GetItem', 'dynamodb:DescribeTable'], table),
            allow(['dynamodb:PutItem'], table),
            allow(['secretsmanager:GetSecretValue'], secret),
            allow(['lambda:InvokeFunction'], `${worker.arn}:call_test_api`),
            { Effect: 'Deny', Action: 'events:PutEvents', Resource: bus },
          ],
        },
      ],
    },
    {
      arn: worker.roleArn,
      name: 'worker',
      boundary: undefined,
      trust: undefined,
      policies: [
        { Statement: allow(['events:PutEvents'], bus) },
        { Statement: allow(['dynamodb:Query'], table) },
      ],
    },
  ],
  plugins: [
    {
      plugin: 'test',
      manifest: 'plugins/test/plugin.json',
      root: 'plugins/test',
      envPrefix: undefined,
      secretArn: secret,
      configVersion: 1,
      scopes: [],
      sandboxes: [],
    },
  ],
});

it('connects what starts functions, and what their roles let them do', () => {
  const { nodes, edges } = resourceGraph(assembly);
  const names = Object.fromEntries(
    nodes.map(({ id, kind, name }) => [id, `${kind} ${name.split(/[-/]test-?/).at(-1)}`]),
  );
  const told = edges.map(({ from, to, does }) => `${names[from]} ${does} ${names[to]}`);
  expect(told.toSorted()).toEqual([
    'bus anineeplus-local is matched by rule on-paid',
    'function api calls function worker',
    'function api reads and writes table things',
    'function api reads secret ',
    'function worker publishes to bus anineeplus-local',
    'function worker reads table things',
    'queue on-paid feeds function worker',
    'queue on-paid gives up to queue on-paid-dlq',
    'route GET /things invokes function api',
    'rule on-paid sends to queue on-paid',
    'schedule due invokes function worker',
    'table things feeds function worker',
    'webhook /webhooks/paid invokes function api',
  ]);
  expect(nodes.filter(({ plugin }) => plugin !== 'test').map(({ kind }) => kind)).toEqual(['bus']);
});
