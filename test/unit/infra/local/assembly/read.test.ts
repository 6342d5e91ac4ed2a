import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAssembly } from '../../../../../infra/local/assembly/read.ts';
import { synthApp } from './app.ts';

const options = { region: 'us-east-1', accountId: '000000000000' };
const dir = mkdtempSync(join(tmpdir(), 'assembly-'));
const arn = (service: string, rest: string): string => `arn:aws:${service}:us-east-1:000000000000:${rest}`;
const LIVE = arn('lambda', 'function:payment-api:live');

let outdir = '';
beforeAll(() => {
  outdir = synthApp(dir);
});
afterAll(() => rmSync(dir, { recursive: true }));

interface Declaration {
  Type: string;
  Properties: Record<string, unknown>;
  Metadata?: unknown;
}

/** Reads a copy of the assembly whose plugin template was changed. */
function readChanged(change: (resources: Record<string, Declaration>) => void) {
  const copy = mkdtempSync(join(dir, 'copy-'));
  cpSync(outdir, copy, { recursive: true });
  const file = join(copy, 'plugin.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Record<string, Declaration> };
  change(template.Resources);
  writeFileSync(file, JSON.stringify(template));
  return readAssembly(copy, options);
}

function each(
  resources: Record<string, Declaration>,
  type: string,
  change: (one: Declaration, id: string) => void,
): void {
  const found = Object.entries(resources).filter(([, one]) => one.Type === type);
  expect(found).not.toHaveLength(0);
  for (const [id, one] of found) change(one, id);
}

describe('reading an assembly', () => {
  it('finds functions with code, role, environment and what their manifest could grant', () => {
    const { functions, roles, tables, secrets } = readAssembly(outdir, options);
    const [fn] = functions;
    expect(fn).toMatchObject({
      name: 'payment-api',
      arn: arn('lambda', 'function:payment-api'),
      aliases: ['live'],
      handler: 'api.handler',
      memoryMb: 512,
      timeoutSeconds: 29,
      plugin: 'payment',
      key: 'api',
      manifest: 'plugins/payment/plugin.json',
      grantable: [{ permission: 'table:payments:write', resources: [arn('dynamodb', 'table/payments')] }],
      environment: {
        TABLE: 'payments',
        REGISTRY: tables[0]?.name,
        BUS: arn('events', 'event-bus/bus'),
        SECRET: secrets[0]?.arn,
      },
    });
    expect(isAbsolute(fn?.codeDir ?? '')).toBe(true);
    expect(readFileSync(join(fn?.codeDir ?? '', 'api.mjs'), 'utf8')).toContain('handler');
    const role = roles.find((one) => one.arn === fn?.roleArn);
    expect(JSON.stringify(role?.policies)).toContain('dynamodb:PutItem');
    expect(JSON.stringify(role?.policies)).toContain('logs:PutLogEvents');
  });

  it('finds tables with keys, indexes, stream and time to live', () => {
    const { tables } = readAssembly(outdir, options);
    expect(tables).toHaveLength(2);
    expect(tables[1]).toMatchObject({
      name: 'payments',
      partitionKey: { name: 'PK', type: 'S' },
      sortKey: { name: 'SK', type: 'S' },
      indexes: [
        {
          name: 'byStatus',
          partitionKey: { name: 'status', type: 'S' },
          sortKey: { name: 'at', type: 'N' },
          projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['amount'] },
        },
      ],
      ttlAttribute: 'ttl',
      streamView: 'NEW_AND_OLD_IMAGES',
    });
    expect(tables[0]).toMatchObject({ sortKey: undefined, ttlAttribute: undefined, streamArn: undefined });
  });

  it('finds routes, URLs, rules, queues, mappings and secrets', () => {
    const assembly = readAssembly(outdir, options);
    expect(assembly.routes).toEqual([
      {
        key: 'POST /payments/{id}',
        functionArn: LIVE,
        auth: 'jwt',
        scopes: ['payments.write'],
        issuer: 'https://issuer.example',
        audience: ['audience'],
      },
    ]);
    expect(assembly.functionUrls).toEqual([
      {
        functionArn: LIVE,
        plugin: 'payment',
        webhook: 'stripe',
        path: '/webhooks/stripe',
        maxBodyBytes: 1024,
      },
    ]);
    expect(assembly.rules).toMatchObject([
      {
        busName: 'bus',
        enabled: true,
        pattern: { source: ['x'], 'detail-type': [{ prefix: 'payment.' }] },
        targets: [{ arn: arn('sqs', 'queue'), deadLetterArn: arn('sqs', 'dead') }],
      },
    ]);
    expect(assembly.queues.find((queue) => queue.name === 'queue')).toMatchObject({
      visibilityTimeoutSeconds: 60,
      retentionSeconds: 345_600,
      redrive: { deadLetterArn: arn('sqs', 'dead'), maxReceiveCount: 5 },
    });
    expect(assembly.mappings).toMatchObject([
      {
        sourceArn: arn('sqs', 'queue'),
        functionArn: LIVE,
        batchSize: 5,
        reportBatchItemFailures: true,
        enabled: true,
      },
      {
        sourceArn: assembly.tables[1]?.streamArn,
        batchSize: 100,
        bisectOnError: true,
        maxRetries: 3,
        onFailureArn: arn('sqs', 'dead'),
        filters: [{ eventName: ['INSERT'] }],
      },
    ]);
    expect(JSON.parse(assembly.secrets[0]?.initialValue ?? '')).toEqual({
      values: {},
      nonce: expect.stringMatching(/^\w{32}$/) as string,
    });
  });

  it('finds schedules with their target, role and group', () => {
    const { schedules, roles } = readAssembly(outdir, options);
    const role = roles.find(({ arn: one }) => one === schedules[0]?.roleArn);
    expect(JSON.stringify(role?.trust)).toContain('scheduler.amazonaws.com');
    expect(schedules).toEqual([
      {
        name: 'payment-due',
        arn: arn('scheduler', 'schedule/payment-schedules/payment-due'),
        groupArn: arn('scheduler', 'schedule-group/payment-schedules'),
        plugin: 'payment',
        key: 'due',
        expression: 'rate(1 minute)',
        enabled: true,
        functionArn: LIVE,
        roleArn: role?.arn,
        input: '{"at":"<aws.scheduler.scheduled-time>"}',
        deadLetterArn: arn('sqs', 'dead'),
      },
    ]);
  });

  it('finds plugins and their sandboxes, and is the same each time', () => {
    const assembly = readAssembly(outdir, options);
    expect(assembly.plugins).toMatchObject([
      {
        plugin: 'payment',
        envPrefix: 'PAYMENT_PLUGIN',
        secretArn: assembly.secrets[0]?.arn,
        sandboxes: [
          {
            name: 'stripe',
            port: 12_111,
            config: { 'stripe.key': { generate: 'sk_' }, 'stripe.base': { origin: true } },
          },
        ],
      },
    ]);
    expect(assembly.resources.length).toBeGreaterThan(20);
    expect(readAssembly(outdir, options)).toEqual(assembly);
  });
});

describe('what AWS would refuse', () => {
  const permission = 'AWS::Lambda::Permission';
  const SCHEDULE = 'AWS::Scheduler::Schedule';
  const drop =
    (type: string, which: (one: Declaration) => boolean) => (resources: Record<string, Declaration>) =>
      each(resources, type, (one, id) => which(one) && delete resources[id]);

  it.each<[string, (resources: Record<string, Declaration>) => void, string]>([
    [
      'a route without permission',
      drop(permission, (one) => one.Properties['Principal'] === 'apigateway.amazonaws.com'),
      `API Gateway may not invoke ${LIVE} for route "POST /payments/{id}"`,
    ],
    [
      'a permission for another route',
      (all) =>
        each(all, permission, (one) => {
          if (one.Properties['SourceArn'] !== undefined)
            one.Properties['SourceArn'] = arn('execute-api', '*/*/*/other');
        }),
      'API Gateway may not invoke',
    ],
    [
      'a URL with half of its permissions',
      drop(permission, (one) => one.Properties['Action'] === 'lambda:InvokeFunctionUrl'),
      'no permission for lambda:InvokeFunctionUrl',
    ],
    ['a rule without queue policy', drop('AWS::SQS::QueuePolicy', () => true), `EventBridge may not send to`],
    ['a role without policies', drop('AWS::IAM::Policy', () => true), 'DependsOn: there is no resource'],
    [
      'a role that may not poll',
      (all) => each(all, 'AWS::IAM::Policy', (one) => (one.Properties['Roles'] = [])),
      'may not sqs:ReceiveMessage',
    ],
    [
      'an invalid event pattern',
      (all) => each(all, 'AWS::Events::Rule', (one) => (one.Properties['EventPattern'] = { source: [] })),
      'EventPattern: event pattern $.source: an empty array',
    ],
    [
      'an input transformer',
      (all) =>
        each(all, 'AWS::Events::Rule', (one) => {
          one.Properties['Targets'] = [{ Id: 'a', Arn: 'b', InputTransformer: {} }];
        }),
      'Targets[0].InputTransformer: is not supported',
    ],
    [
      'a schedule whose role trusts another service',
      (all) =>
        each(all, 'AWS::IAM::Role', (one) => {
          const text = JSON.stringify(one.Properties['AssumeRolePolicyDocument']);
          const other = text.replaceAll('scheduler.amazonaws.com', 'events.amazonaws.com');
          one.Properties['AssumeRolePolicyDocument'] = JSON.parse(other);
        }),
      'schedule payment-due: EventBridge Scheduler may not assume',
    ],
    [
      'a schedule whose role may do nothing',
      (all) =>
        each(all, 'AWS::IAM::Role', (one) => {
          if (one.Properties['Policies'] !== undefined) one.Properties['Policies'] = [];
        }),
      `may not lambda:InvokeFunction on ${LIVE}`,
    ],
    [
      'a schedule in a time zone',
      (all) => each(all, SCHEDULE, (one) => (one.Properties['ScheduleExpressionTimezone'] = 'Europe/Paris')),
      'ScheduleExpressionTimezone: is not supported',
    ],
    [
      'a schedule at no time',
      (all) =>
        each(all, SCHEDULE, (one) => (one.Properties['ScheduleExpression'] = 'at(2026-11-24T10:00:00)')),
      'ScheduleExpression: is not supported',
    ],
    [
      'a schedule within a window of time',
      (all) =>
        each(all, SCHEDULE, (one) => {
          one.Properties['FlexibleTimeWindow'] = { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 };
        }),
      'FlexibleTimeWindow.Mode: is not supported',
    ],
    [
      'a schedule of something other than a function',
      (all) =>
        each(all, SCHEDULE, (one) =>
          Object.assign(one.Properties['Target'] as object, { Arn: arn('sqs', 'queue') }),
        ),
      `there is no function ${arn('sqs', 'queue')}`,
    ],
    [
      'a schedule in a group that is not there',
      (all) => each(all, SCHEDULE, (one) => (one.Properties['GroupName'] = 'other')),
      'there is no schedule group other',
    ],
    [
      'an on-failure destination that the function may not send to',
      (all) =>
        each(all, 'AWS::Lambda::EventInvokeConfig', (one) => {
          one.Properties['DestinationConfig'] = { OnFailure: { Destination: arn('sqs', 'queue') } };
        }),
      `payment-api may not send to ${arn('sqs', 'queue')}`,
    ],
    [
      'a function without metadata',
      (all) => each(all, 'AWS::Lambda::Function', (one) => delete one.Metadata),
      'has no Metadata.AnineePlus',
    ],
    [
      'an unknown managed policy',
      (all) =>
        each(
          all,
          'AWS::IAM::Role',
          (one) => (one.Properties['ManagedPolicyArns'] = ['arn:aws:iam::aws:policy/X']),
        ),
      'the managed policy arn:aws:iam::aws:policy/X is not known',
    ],
    [
      'a route declared twice',
      (all) => {
        each(all, 'AWS::ApiGatewayV2::Route', (one) => (all['Copy'] = structuredClone(one)));
      },
      'route "POST /payments/{id}" is declared more than once',
    ],
  ])('%s', (_title, change, message) => {
    expect(() => readChanged(change)).toThrow(message);
  });
});

describe('alarms', () => {
  const alarm = (properties: Record<string, unknown>): Declaration => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: 'slow',
      Namespace: 'AWS/Lambda',
      MetricName: 'Duration',
      Dimensions: [{ Name: 'FunctionName', Value: 'payment-api' }],
      ExtendedStatistic: 'p99',
      Period: 300,
      EvaluationPeriods: 3,
      Threshold: 100,
      ComparisonOperator: 'GreaterThanThreshold',
      ...properties,
    },
  });
  const topic = (...statements: readonly object[]): Record<string, Declaration> => ({
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alarms' } },
    TopicPolicy: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [{ Ref: 'Topic' }],
        PolicyDocument: { Version: '2012-10-17', Statement: statements },
      },
    },
  });
  const publish = {
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: { Ref: 'Topic' },
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  };
  const query = (id: string, name: string, period = 60) => ({
    Id: id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace: 'Shop', MetricName: name }, Period: period, Stat: 'Sum' },
  });

  it('on one metric, and what they tell a topic that lets CloudWatch publish', () => {
    const { alarms, topics } = readChanged((resources) => {
      const actions = { AlarmActions: [{ Ref: 'Topic' }], OKActions: [{ Ref: 'Topic' }] };
      Object.assign(resources, topic(publish), { Slow: alarm(actions) });
    });
    expect(topics.map(({ arn: topicArn }) => topicArn)).toEqual([arn('sns', 'alarms')]);
    expect(alarms).toEqual([
      expect.objectContaining({
        name: 'slow',
        expression: 'metric',
        metrics: {
          metric: {
            namespace: 'AWS/Lambda',
            name: 'Duration',
            dimensions: { FunctionName: 'payment-api' },
            statistic: { percentile: 99 },
          },
        },
        periodSeconds: 300,
        datapointsToAlarm: 3,
        treatMissingData: 'missing',
        actions: { OK: [arn('sns', 'alarms')], ALARM: [arn('sns', 'alarms')], INSUFFICIENT_DATA: [] },
      }),
    ]);
  });

  it.each([
    ['a statistic', { ExtendedStatistic: 'tm99' }, 'tm99 is not supported by the local runner'],
    [
      'a metric of AWS',
      { MetricName: 'DeadLetterErrors' },
      'metric DeadLetterErrors of AWS/Lambda is not written',
    ],
    ['a namespace of AWS', { Namespace: 'AWS/EC2' }, 'metric Duration of AWS/EC2 is not written'],
    ['a period', { Period: 10 }, 'is not a number of minutes'],
    ['a comparison', { ComparisonOperator: 'LessThanLowerThreshold' }, 'must be one of'],
    ['a treatment of missing data', { TreatMissingData: 'maybe' }, 'must be one of breaching'],
    ['a band', { ThresholdMetricId: 'ad1' }, 'ThresholdMetricId: is not supported'],
    [
      'a topic',
      { AlarmActions: ['arn:aws:sns:us-east-1:000000000000:none'] },
      'alarm slow: there is no topic',
    ],
    [
      'a function',
      { Metrics: [query('a', 'x'), { Id: 'e', Expression: 'RATE(a)' }] },
      'RATE of Identifier is not known to the local runner in metric math',
    ],
    [
      'an id',
      { Metrics: [query('a', 'x'), { Id: 'e', Expression: 'a + b' }] },
      'there is no metric with the id b',
    ],
    [
      'two periods',
      { Metrics: [query('a', 'x'), query('b', 'y', 300), { Id: 'e', Expression: 'a + b' }] },
      'needs metrics of one period',
    ],
    ['no result', { Metrics: [query('a', 'x')] }, 'needs exactly one with ReturnData'],
  ])('with %s that the runner does not have stop it', (_what, properties, problem) => {
    expect(() => readChanged((resources) => Object.assign(resources, { Slow: alarm(properties) }))).toThrow(
      problem,
    );
  });

  it('stop it when CloudWatch may not publish to their topic', () => {
    const denied = () =>
      readChanged((resources) =>
        Object.assign(resources, topic({ ...publish, Principal: { Service: 'events.amazonaws.com' } }), {
          Slow: alarm({ AlarmActions: [{ Ref: 'Topic' }] }),
        }),
      );
    expect(denied).toThrow(`alarm slow: CloudWatch may not publish to ${arn('sns', 'alarms')}`);
  });
});

describe('keys', () => {
  const key = (resources: Record<string, Declaration>) =>
    Object.keys(resources).find((id) => resources[id]?.Type === 'AWS::KMS::Key') ?? '';
  const readWith = (KmsMasterKeyId: (id: string) => unknown) =>
    readChanged((resources) => {
      const id = key(resources);
      Object.assign(resources, {
        Alias: {
          Type: 'AWS::KMS::Alias',
          Properties: { AliasName: 'alias/plugin', TargetKeyId: { Ref: id } },
        },
      });
      each(resources, 'AWS::SQS::Queue', (queue) => {
        queue.Properties['KmsMasterKeyId'] = KmsMasterKeyId(id);
      });
      each(resources, 'AWS::KMS::Key', (one) => {
        const { Statement } = one.Properties['KeyPolicy'] as { Statement: unknown[] };
        const allow = { Effect: 'Allow', Action: 'kms:*', Resource: '*' };
        Statement.push({ ...allow, Principal: { Service: 'events.amazonaws.com' } });
      });
      // The role of the schedule has no policy beside it.
      each(resources, 'AWS::IAM::Role', (role) => {
        const PolicyDocument = { Statement: { Effect: 'Allow', Action: 'kms:*', Resource: '*' } };
        role.Properties['Policies'] = [
          ...((role.Properties['Policies'] ?? []) as object[]),
          { PolicyDocument },
        ];
      });
    });

  it.each([
    ['ARN', (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })],
    ['id', (id: string) => ({ Ref: id })],
    ['alias', () => 'alias/plugin'],
    ['ARN of the alias', () => arn('kms', 'alias/plugin')],
  ])('are named by %s', (_, name) => {
    const { queues, keys } = readWith(name);
    expect(keys).toHaveLength(1);
    for (const { kmsKeyArn } of queues) expect(kmsKeyArn).toBe(keys[0]?.arn);
  });

  it('may be none of the assembly when they are named by ARN, and then their policy is not known', () => {
    const other = arn('kms', 'key/other');
    for (const { kmsKeyArn } of readWith(() => other).queues) expect(kmsKeyArn).toBe(other);
  });

  it('stop it when an alias or an id is of none', () => {
    expect(() => readWith(() => 'alias/none')).toThrow('KmsMasterKeyId: there is no key alias/none');
  });
});
