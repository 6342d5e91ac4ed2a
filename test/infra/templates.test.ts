import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { fixture, ofType, assemblyOf, type Resource, type Template } from './synth.ts';

let templates: Record<string, Template>;
let platform: Template;
let shop: Template;
let audit: Template;

beforeAll(async () => {
  ({ templates } = await assemblyOf(fixture('full'), {
    stage: 'prod',
    auth: { issuer: 'https://idp.example.com/', audience: ['shop'] },
  }));
  const of = (name: string): Template => templates[`anineeplus-prod-${name}`] as Template;
  platform = of('platform');
  shop = of('plugin-shop');
  audit = of('plugin-audit');
});

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

function statementsOf(resource: Resource): Statement[] {
  const documents = [
    resource.Properties['PolicyDocument'],
    ...((resource.Properties['Policies'] ?? []) as { PolicyDocument: unknown }[]).map(
      (p) => p.PolicyDocument,
    ),
  ] as ({ Statement: Statement[] } | undefined)[];
  return documents.flatMap((document) => document?.Statement ?? []);
}

const everywhere = (type: string) => Object.values(templates).flatMap((template) => ofType(template, type));

function roleOf(template: Template, functionName: string): Resource {
  const lambda = ofType(template, 'AWS::Lambda::Function').find(
    ({ Properties }) => Properties['FunctionName'] === functionName,
  );
  const role = lambda?.Properties['Role'] as { 'Fn::GetAtt': [string, string] } | undefined;
  return template.Resources[role?.['Fn::GetAtt'][0] ?? ''] as Resource;
}

function actionsOf(template: Template, functionName: string): string[] {
  return statementsOf(roleOf(template, functionName))
    .flatMap(({ Action }) => Action)
    .sort();
}

describe('roles', () => {
  test('each function and each schedule has a role of its own, within a boundary', () => {
    const functions = everywhere('AWS::Lambda::Function');
    const schedules = everywhere('AWS::Scheduler::Schedule');
    const roles = everywhere('AWS::IAM::Role');
    expect([functions.length, schedules.length]).toEqual([9, 2]);
    const held = [
      ...functions.map(({ Properties }) => JSON.stringify(Properties['Role'])),
      ...schedules.map(({ Properties }) =>
        JSON.stringify((Properties['Target'] as { RoleArn: unknown }).RoleArn),
      ),
    ];
    expect(new Set(held).size).toBe(held.length);
    expect(roles.length).toBe(held.length);
    for (const { Properties } of roles) expect(Properties['PermissionsBoundary']).toHaveProperty('Ref');
    expect(everywhere('AWS::IAM::Policy')).toEqual([]);
  });

  test('no statement has a wildcard, but for those where AWS leaves no choice', () => {
    const holders = [...everywhere('AWS::IAM::Role'), ...everywhere('AWS::IAM::ManagedPolicy')];
    const wild = holders.flatMap(statementsOf).filter((statement) => {
      const text = JSON.stringify([statement.Action, statement.Resource]);
      return text.includes('*');
    });
    const actions = new Set(wild.flatMap(({ Action }) => Action));
    expect([...actions].sort()).toEqual([
      'apigateway:DELETE',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'lambda:InvokeFunction',
      'lambda:ListEventSourceMappings',
      'lambda:UpdateEventSourceMapping',
      'secretsmanager:GetSecretValue',
      'secretsmanager:ListSecretVersionIds',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ]);
    for (const { Action, Condition, Resource: resource } of wild) {
      const [on, where] = [JSON.stringify(resource), JSON.stringify(Condition)];
      if (Action === 'apigateway:DELETE') {
        expect(on).toMatch(/\{"Ref":"Api\w+"\},"\/stages\/\$default\/routesettings\/\*"/);
      }
      if (Action === 'lambda:InvokeFunction') {
        expect(on).toMatch(/:function:anineeplus-prod-\*:(health|config|graphql)"/);
      }
      if (Action === 'lambda:UpdateEventSourceMapping') {
        expect(Object.keys(Condition ?? {})).toEqual(['ArnLike', 'ArnNotLike']);
        expect(JSON.stringify(Condition?.['ArnLike'])).toContain(':function:anineeplus-prod-*"');
        expect(JSON.stringify(Condition?.['ArnNotLike'])).toContain(
          ':function:anineeplus-prod-*-relay:live"',
        );
      }
      if (String(Action).includes('secretsmanager:')) {
        expect(on).toContain(':secret:anineeplus/prod/plugins/*"');
      }
      if (String(Action).includes('kms:')) {
        expect(where).toContain('secret:anineeplus/prod/plugins/*');
        expect(where).toContain('kms:ViaService');
      }
    }
  });

  test('a function may do what its manifest says and no more', () => {
    expect(actionsOf(shop, 'anineeplus-prod-shop-webhook-courier')).toEqual([
      'dynamodb:BatchWriteItem',
      'dynamodb:ConditionCheckItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      // On the table, and on the plugin's part of that of errors.
      'dynamodb:PutItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:UpdateItem',
      'kms:Decrypt',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'secretsmanager:GetSecretValue',
    ]);
    const call = statementsOf(roleOf(audit, 'anineeplus-prod-audit-on-ordered')).find(
      ({ Action }) => Action === 'lambda:InvokeFunction',
    );
    expect(JSON.stringify(call?.Resource)).toContain(
      ':function:anineeplus-prod-shop-api:call_audit_on-ordered"',
    );
  });

  test('a scan is a permission of its own, on the table and its indexes', () => {
    const scans = [...everywhere('AWS::IAM::Role')].flatMap((role) =>
      statementsOf(role).filter(({ Action }) => [Action].flat().includes('dynamodb:Scan')),
    );
    expect(scans).toHaveLength(1);
    expect(scans).toEqual(
      statementsOf(roleOf(shop, 'anineeplus-prod-shop-sweep')).filter(
        ({ Action }) => Action === 'dynamodb:Scan',
      ),
    );
    expect(JSON.stringify(scans[0]?.Resource)).toContain('/index/by-tenant');
  });

  test('the relay publishes as its plugin only', () => {
    const publish = statementsOf(roleOf(shop, 'anineeplus-prod-shop-relay')).find(
      ({ Action }) => Action === 'events:PutEvents',
    );
    expect(publish?.Condition).toEqual({
      StringEquals: { 'events:source': 'anineeplus.prod.shop' },
      StringLike: { 'events:detail-type': 'shop.*' },
    });
  });

  test('a boundary holds everything that the roles of its stack have', () => {
    for (const template of Object.values(templates)) {
      for (const role of ofType(template, 'AWS::IAM::Role')) {
        const { Ref } = role.Properties['PermissionsBoundary'] as { readonly Ref: string };
        const boundary = template.Resources[Ref] as Resource;
        const allowed = new Set(statementsOf(boundary).flatMap(({ Action }) => Action));
        const used = statementsOf(role).flatMap(({ Action }) => Action);
        expect(used.filter((action) => !allowed.has(action))).toEqual([]);
      }
    }
  });

  test('only the config function may read and write configurations of several plugins, and no secret else', () => {
    expect(actionsOf(platform, 'anineeplus-prod-platform-config')).toEqual([
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'lambda:InvokeFunction',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'secretsmanager:GetSecretValue',
      'secretsmanager:ListSecretVersionIds',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ]);
    const statements = statementsOf(roleOf(platform, 'anineeplus-prod-platform-config'));
    const invoke = statements.find(({ Action }) => Action === 'lambda:InvokeFunction');
    expect(JSON.stringify(invoke?.Resource)).toContain(':function:anineeplus-prod-*:config"');
    for (const key of ['plugins', 'graphql']) {
      const actions = actionsOf(platform, `anineeplus-prod-platform-${key}`).join();
      expect(actions).not.toMatch(/secretsmanager|kms/);
    }
  });
});

describe('functions', () => {
  test('run on the pinned runtime, log to a group with retention and know who they are', () => {
    for (const { Properties } of everywhere('AWS::Lambda::Function')) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        LoggingConfig: { LogGroup: { Ref: expect.any(String) as string } },
        Environment: {
          Variables: {
            ANINEEPLUS_STAGE: 'prod',
            ANINEEPLUS_AUTH: 'jwt',
            ANINEEPLUS_DEPLOYMENT: {
              'Fn::Join': ['', [{ Ref: 'AWS::AccountId' }, '/', { Ref: 'AWS::Region' }]],
            },
          },
        },
      });
    }
    for (const { Properties } of everywhere('AWS::Logs::LogGroup')) {
      expect(Properties['RetentionInDays']).toBe(90);
    }
  });

  test('a function behind a webhook, which is open to everybody, takes five invocations at once', () => {
    const reserved = everywhere('AWS::Lambda::Function').flatMap(({ Properties }) =>
      'ReservedConcurrentExecutions' in Properties
        ? [[Properties['FunctionName'], Properties['ReservedConcurrentExecutions']]]
        : [],
    );
    expect(reserved).toEqual([['anineeplus-prod-shop-webhook-courier', 5]]);
  });

  test('the variables name the tables that a function has a permission on', () => {
    const variables = (name: string) =>
      ofType(shop, 'AWS::Lambda::Function')
        .filter(({ Properties }) => Properties['FunctionName'] === `anineeplus-prod-shop-${name}`)
        .map(({ Properties }) => Properties['Environment'] as { Variables: Record<string, unknown> })
        .flatMap(({ Variables }) => Object.keys(Variables).filter((key) => !key.startsWith('POWERTOOLS')));
    expect(variables('api')).toContain('ANINEEPLUS_TABLE_STOCK');
    expect(variables('webhook-courier')).toContain('ANINEEPLUS_TABLE_ORDERS');
    expect(variables('webhook-courier')).not.toContain('ANINEEPLUS_TABLE_STOCK');
    expect(variables('relay')).toEqual(
      expect.arrayContaining(['ANINEEPLUS_BUS_NAME', 'ANINEEPLUS_EVENT_SOURCE']),
    );
    expect(variables('relay')).not.toContain('ANINEEPLUS_CONFIG_SECRET');
  });

  test('every trigger points at the alias', () => {
    const aliases = new Set(
      Object.values(templates).flatMap((template) =>
        Object.entries(template.Resources).flatMap(([id, { Type }]) =>
          Type === 'AWS::Lambda::Alias' ? [id] : [],
        ),
      ),
    );
    const targets = [
      ...everywhere('AWS::ApiGatewayV2::Integration').map(({ Properties }) => Properties['IntegrationUri']),
      ...everywhere('AWS::Lambda::EventSourceMapping').map(({ Properties }) => Properties['FunctionName']),
      ...everywhere('AWS::Lambda::Permission').map(({ Properties }) => Properties['FunctionName']),
      ...everywhere('AWS::Scheduler::Schedule').map(
        ({ Properties }) => (Properties['Target'] as { Arn: unknown }).Arn,
      ),
    ] as { Ref: string }[];
    expect(targets.length).toBeGreaterThan(10);
    for (const { Ref } of targets) expect(aliases).toContain(Ref);
    expect(ofType(shop, 'AWS::Lambda::Url')[0]?.Properties).toMatchObject({
      Qualifier: 'live',
      AuthType: 'NONE',
    });
  });
});

describe('ways in', () => {
  test('every route demands a token with the scope of its operation', () => {
    const routes = everywhere('AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties);
    const scopes = Object.fromEntries(
      routes.map((route) => [route['RouteKey'] as string, route['AuthorizationScopes']]),
    );
    expect(routes.every((route) => route['AuthorizationType'] === 'JWT')).toBe(true);
    expect(scopes['POST /orders']).toEqual(['orders:write']);
    expect(scopes['GET /orders/{id}']).toEqual(['orders:read']);
    expect(scopes['POST /graphql']).toBeUndefined();
    expect(scopes['GET /openapi.json']).toBeUndefined();
    expect(Object.keys(scopes)).toEqual(
      expect.arrayContaining([
        'GET /plugins',
        'GET /plugins/{name}',
        'GET /plugins/{name}/audit',
        'GET /plugins/health',
        'GET /plugins/drift',
        'POST /plugins/load',
        'POST /plugins/unload',
      ]),
    );
    expect(ofType(platform, 'AWS::ApiGatewayV2::Authorizer')[0]?.Properties['JwtConfiguration']).toEqual({
      Issuer: 'https://idp.example.com/',
      Audience: ['shop'],
    });
  });

  test('function URLs exist for webhooks alone', () => {
    expect(everywhere('AWS::Lambda::Url').map(({ Metadata }) => Metadata?.['AnineePlus'])).toEqual([
      { plugin: 'shop', webhook: 'courier', path: '/webhooks/courier', maxBodyBytes: 65536 },
    ]);
  });
});

describe('throttles', () => {
  const TYPE = 'Custom::AnineePlusRouteThrottles';
  const routeIds = (template: Template, keys: readonly string[]) =>
    Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) =>
      Type === 'AWS::ApiGatewayV2::Route' && keys.includes(String(Properties['RouteKey'])) ? [id] : [],
    );

  test('every route has that of the stage', () => {
    const [stage] = ofType(platform, 'AWS::ApiGatewayV2::Stage');
    expect(stage?.Properties).toMatchObject({
      StageName: '$default',
      DefaultRouteSettings: {
        ThrottlingRateLimit: 250,
        ThrottlingBurstLimit: 500,
        DetailedMetricsEnabled: true,
      },
    });
    // Settings of single routes would have to be known where the stage is.
    expect(stage?.Properties).not.toHaveProperty('RouteSettings');
  });

  test('one of its own is set once the route is there, and removed before it goes', () => {
    const [throttles, ...others] = ofType(shop, TYPE);
    expect(others).toEqual([]);
    expect(throttles?.Properties).toMatchObject({
      plugin: 'shop',
      stage: '$default',
      routes: [{ key: 'POST /orders', rate: 20, burst: 40 }],
      ServiceTimeout: 120,
    });
    expect(throttles?.DependsOn).toEqual(routeIds(shop, ['POST /orders']));
    expect(throttles?.DeletionPolicy).toBeUndefined();
    expect(JSON.stringify(throttles?.Properties['ServiceToken'])).toContain(
      ':function:anineeplus-prod-platform-plugins:deployment"',
    );
    expect(ofType(audit, TYPE)).toEqual([]);
  });

  test('the platform’s wait for the function that sets them, and for the stage', () => {
    const [throttles] = ofType(platform, TYPE);
    expect(throttles?.Properties).toMatchObject({
      plugin: 'platform',
      routes: [{ key: 'GET /plugins/health' }, { key: 'GET /plugins/drift' }],
    });
    const after = (throttles?.DependsOn ?? []).map((id) => platform.Resources[id]);
    expect(after.map((one) => String(one?.Type)).sort()).toEqual([
      'AWS::ApiGatewayV2::Route',
      'AWS::ApiGatewayV2::Route',
      'AWS::ApiGatewayV2::Stage',
      'AWS::Lambda::Alias',
    ]);
    const alias = after.find((one) => one?.Type === 'AWS::Lambda::Alias');
    expect(alias?.Properties['Name']).toBe('deployment');
  });

  test('one function may change the stage, and nothing else of the API', () => {
    const granted = Object.values(templates)
      .flatMap((template) => ofType(template, 'AWS::IAM::Role'))
      .flatMap(statementsOf)
      .filter(({ Action }) => JSON.stringify(Action).includes('apigateway:'));
    expect(
      granted.map(({ Action, Resource: on }) => [
        Action,
        JSON.stringify(on).replace(/.*"(\/[^"]*)".*/, '$1'),
      ]),
    ).toEqual([
      ['apigateway:PATCH', '/stages/$default'],
      ['apigateway:DELETE', '/stages/$default/routesettings/*'],
    ]);
    expect(actionsOf(platform, 'anineeplus-prod-platform-plugins')).toContain('apigateway:PATCH');
  });

  test('a change of the stage has every stack set its own anew', async () => {
    const changed = await assemblyOf(fixture('full'), {
      stage: 'prod',
      auth: { issuer: 'https://idp.example.com/', audience: ['shop'] },
      throttle: { rate: 1000, burst: 2000 },
    });
    const version = (of: Template | undefined) => of && ofType(of, TYPE)[0]?.Properties['stageVersion'];
    expect(version(changed.templates['anineeplus-prod-plugin-shop'])).not.toBe(version(shop));
    const [stage] = ofType(
      changed.templates['anineeplus-prod-platform'] as Template,
      'AWS::ApiGatewayV2::Stage',
    );
    expect(stage?.Properties['DefaultRouteSettings']).toMatchObject({
      ThrottlingRateLimit: 1000,
      ThrottlingBurstLimit: 2000,
    });
  });
});

describe('events', () => {
  test('a subscription goes through an encrypted queue with a dead-letter queue', () => {
    const queues = everywhere('AWS::SQS::Queue').map(({ Properties }) => Properties);
    expect(queues.every((queue) => queue['SqsManagedSseEnabled'])).toBe(true);
    const main = queues.find((queue) => queue['QueueName'] === 'anineeplus-prod-audit-onOrdered');
    expect(main).toMatchObject({
      VisibilityTimeout: 120,
      MessageRetentionPeriod: 1_209_600,
      RedrivePolicy: { maxReceiveCount: 10 },
    });
    expect(ofType(audit, 'AWS::Events::Rule')[0]?.Properties['EventPattern']).toEqual({
      source: ['anineeplus.prod.shop'],
      'detail-type': ['shop.ordered.v1'],
      detail: { tenant: ['default'] },
    });
    expect(ofType(audit, 'AWS::Lambda::EventSourceMapping')[0]?.Properties).toMatchObject({
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 5 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  test('a mapping follows the registry: no update switches it, and no event comes before it is asked', () => {
    const ids = (type: string) =>
      Object.entries(audit.Resources).flatMap(([id, { Type }]) => (Type === type ? [id] : []));
    const [mapping = ''] = ids('AWS::Lambda::EventSourceMapping');
    const [state = ''] = ids('Custom::AnineePlusQueueState');
    expect(audit.Resources[mapping]?.Properties).not.toHaveProperty('Enabled');
    expect(audit.Resources[state]).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: { plugin: 'audit', mappings: [{ Ref: mapping }], ServiceTimeout: 120 },
    });
    expect(JSON.stringify(audit.Resources[state]?.Properties['ServiceToken'])).toContain(
      ':function:anineeplus-prod-platform-plugins:deployment"',
    );
    expect(ofType(audit, 'AWS::Events::Rule')[0]?.DependsOn).toContain(state);
    expect(ofType(shop, 'Custom::AnineePlusQueueState')).toEqual([]);
  });

  test('only the rule may send to the queue, and nobody without TLS', () => {
    for (const policy of ofType(audit, 'AWS::SQS::QueuePolicy')) {
      const statements = (policy.Properties['PolicyDocument'] as { Statement: Record<string, unknown>[] })
        .Statement;
      const allows = statements.filter(({ Effect }) => Effect === 'Allow');
      expect(allows).toHaveLength(1);
      expect(JSON.stringify(allows[0]?.['Condition'])).toMatch(/aws:SourceArn.*Rule/);
      expect(statements.find(({ Effect }) => Effect === 'Deny')?.['Condition']).toEqual({
        Bool: { 'aws:SecureTransport': 'false' },
      });
    }
  });

  test('the relay reads the outbox items of the stream and loses none', () => {
    const mapping = ofType(shop, 'AWS::Lambda::EventSourceMapping')[0]?.Properties;
    expect(mapping).toMatchObject({
      BatchSize: 25,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 20,
      MaximumRecordAgeInSeconds: 82_800,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      StartingPosition: 'TRIM_HORIZON',
    });
    expect(mapping).toHaveProperty('DestinationConfig.OnFailure.Destination');
    const filters = (mapping?.['FilterCriteria'] as { Filters: { Pattern: string }[] } | undefined)?.Filters;
    expect(filters?.map(({ Pattern }) => JSON.parse(Pattern) as unknown)).toEqual([
      { eventName: ['INSERT'], dynamodb: { Keys: { SK: { S: [{ prefix: 'EVT#' }] } } } },
    ]);
  });
});

describe('schedules', () => {
  const scheduled = (name: string) =>
    ofType(shop, 'AWS::Scheduler::Schedule').find(
      ({ Properties }) => Properties['Name'] === `anineeplus-prod-shop-${name}`,
    )?.Properties;
  const deadLetters = () =>
    Object.entries(shop.Resources).find(
      ([, { Properties }]) => Properties?.['QueueName'] === 'anineeplus-prod-shop-schedules-dlq',
    )?.[0] ?? '';

  test('run at a rate or by a cron expression, in UTC and to the minute', () => {
    expect(scheduled('sweep')).toMatchObject({
      Description: 'Lets go of what nobody bought',
      ScheduleExpression: 'rate(5 minutes)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
    });
    expect(scheduled('report')).toMatchObject({ ScheduleExpression: 'cron(0 3 * * ? *)' });
    const target = scheduled('report')?.['Target'] as { Input: string };
    expect(JSON.parse(target.Input)).toEqual({
      kind: 'schedule',
      schedule: 'report',
      scheduledAt: '<aws.scheduler.scheduled-time>',
    });
  });

  test('what cannot be run ends in an encrypted dead-letter queue, after bounded tries', () => {
    const queue = { 'Fn::GetAtt': [deadLetters(), 'Arn'] };
    expect(shop.Resources[deadLetters()]?.Properties).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 1_209_600,
    });
    expect(scheduled('sweep')?.['Target']).toMatchObject({
      RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 5 },
      DeadLetterConfig: { Arn: queue },
    });
    expect(everywhere('AWS::Lambda::EventInvokeConfig').map(({ Properties }) => Properties)).toEqual([
      {
        FunctionName: { Ref: expect.any(String) as string },
        Qualifier: 'live',
        MaximumRetryAttempts: 2,
        MaximumEventAgeInSeconds: 3600,
        DestinationConfig: { OnFailure: { Destination: queue } },
      },
    ]);
    expect(actionsOf(shop, 'anineeplus-prod-shop-sweep')).toContain('sqs:SendMessage');
    expect(actionsOf(shop, 'anineeplus-prod-shop-api')).not.toContain('sqs:SendMessage');
  });

  test('a schedule may start its own function, for its own group alone', () => {
    const target = scheduled('sweep')?.['Target'] as {
      Arn: unknown;
      RoleArn: { 'Fn::GetAtt': [string, string] };
    };
    const role = shop.Resources[target.RoleArn['Fn::GetAtt'][0]] as Resource;
    expect(statementsOf(role).map(({ Action, Resource: resource }) => [Action, resource])).toEqual([
      ['lambda:InvokeFunction', target.Arn],
      ['sqs:SendMessage', { 'Fn::GetAtt': [deadLetters(), 'Arn'] }],
    ]);
    const trust = role.Properties['AssumeRolePolicyDocument'] as { Statement: object[] };
    const [group] = Object.entries(shop.Resources).filter(
      ([, { Type }]) => Type === 'AWS::Scheduler::ScheduleGroup',
    );
    expect(trust.Statement).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: {
          StringEquals: {
            'aws:SourceAccount': { Ref: 'AWS::AccountId' },
            'aws:SourceArn': { 'Fn::GetAtt': [group?.[0], 'Arn'] },
          },
        },
      },
    ]);
    expect(ofType(audit, 'AWS::Scheduler::ScheduleGroup')).toEqual([]);
  });
});

describe('alarms', () => {
  const alarmsOf = (template: Template) =>
    new Map(
      ofType(template, 'AWS::CloudWatch::Alarm').map((alarm) => [
        String(alarm.Properties['AlarmName']).replace(/^anineeplus-prod-/, ''),
        alarm,
      ]),
    );
  const expressionOf = (template: Template, name: string) => {
    const metrics = alarmsOf(template).get(name)?.Properties['Metrics'] as readonly {
      readonly Expression?: string;
      readonly MetricStat?: { readonly Period: number };
    }[];
    const periods = metrics.flatMap(({ MetricStat }) => MetricStat?.Period ?? []);
    return [metrics.find(({ Expression }) => Expression)?.Expression, periods.length, ...new Set(periods)];
  };

  test('are made for what a plugin has, without a line in its manifest', () => {
    expect([...alarmsOf(shop).keys()]).toEqual([
      'shop-operation-errors',
      'shop-invocation-errors',
      'shop-throttles',
      'shop-duration',
      'shop-webhook-rejections',
      'shop-config-refresh',
      'shop-outbox-lag',
      'shop-dead-letters',
      'shop-shop.oversold',
    ]);
    expect([...alarmsOf(audit).keys()]).toEqual([
      'audit-invocation-errors',
      'audit-throttles',
      'audit-duration',
      'audit-dead-letters',
    ]);
    expect([...alarmsOf(platform).keys()]).toEqual([
      'platform-api-errors',
      'platform-invocation-errors',
      'platform-throttles',
      'platform-duration',
      'platform-dead-letters',
    ]);
  });

  test('watch all functions of a plugin at once, each with its own timeout', () => {
    expect(expressionOf(shop, 'shop-invocation-errors')).toEqual([
      'SUM([errors0, errors1, errors2, errors3])',
      4,
      60,
    ]);
    expect(expressionOf(shop, 'shop-duration')[0]).toMatch(
      /^MAX\(\[duration0 \/ \d+, .*duration3 \/ 600\]\)$/,
    );
    expect(expressionOf(shop, 'shop-operation-errors')).toEqual([
      'IF(failures >= 3, 100 * failures / operations, 0)',
      2,
      300,
    ]);
    expect(alarmsOf(shop).get('shop-throttles')?.Properties).toMatchObject({
      DatapointsToAlarm: 3,
      EvaluationPeriods: 5,
    });
  });

  test('of the manifest watch what its functions count, over all of its operations', () => {
    expect(alarmsOf(shop).get('shop-shop.oversold')?.Properties).toMatchObject({
      AlarmDescription: 'More was sold than there is. \r\nRunbook: plugins/TROUBLESHOOTING.md#alarm-declared',
      Namespace: 'AnineePlus',
      MetricName: 'shop.oversold',
      Dimensions: [{ Name: 'plugin', Value: 'shop' }],
      Statistic: 'Sum',
      Period: 300,
      Threshold: 2,
      EvaluationPeriods: 1,
    });
  });

  test('go to one encrypted topic, on and over, treat no data as well, and name a section that exists', () => {
    const sections = new Set(
      [...readFileSync('plugins/TROUBLESHOOTING.md', 'utf8').matchAll(/^### Alarm (.+)$/gm)].map(
        (match) => `plugins/TROUBLESHOOTING.md#alarm-${match[1]}`,
      ),
    );
    const alarms = everywhere('AWS::CloudWatch::Alarm');
    for (const { Properties, Metadata } of alarms) {
      for (const way of ['AlarmActions', 'OKActions'])
        expect(JSON.stringify(Properties[way])).toMatch(/:anineeplus-prod-alarms"|"AlarmsTopic/);
      expect(Properties).toMatchObject({ ActionsEnabled: true, TreatMissingData: 'notBreaching' });
      const { runbook = '' } = (Metadata?.['AnineePlus'] ?? {}) as { readonly runbook?: string };
      expect(Properties['AlarmDescription']).toContain(`Runbook: ${runbook}`);
      expect(sections).toContain(runbook);
    }
    const [topic, ...more] = everywhere('AWS::SNS::Topic');
    expect(more).toEqual([]);
    expect(topic?.Properties).toMatchObject({
      TopicName: 'anineeplus-prod-alarms',
      KmsMasterKeyId: expect.anything() as unknown,
    });
    expect(everywhere('AWS::SNS::Subscription')).toEqual([]);
  });
});

describe('dashboards', () => {
  test('are there for each plugin and the platform, with the state of every alarm', () => {
    for (const template of Object.values(templates)) {
      const [dashboard, ...more] = ofType(template, 'AWS::CloudWatch::Dashboard');
      expect(more).toEqual([]);
      const body = JSON.stringify(dashboard?.Properties['DashboardBody']);
      const alarms = Object.entries(template.Resources).filter(
        ([, { Type }]) => Type === 'AWS::CloudWatch::Alarm',
      );
      for (const [id] of alarms) expect(body).toContain(`{"Fn::GetAtt":["${id}","Arn"]}`);
    }
  });
});

describe('data', () => {
  test('tables can be recovered and not be deleted by mistake', () => {
    const tables = everywhere('AWS::DynamoDB::GlobalTable');
    expect(tables.map(({ Properties }) => String(Properties['TableName'])).sort()).toEqual([
      'anineeplus-prod-audit-entries',
      'anineeplus-prod-errors',
      'anineeplus-prod-registry',
      'anineeplus-prod-shop-orders',
      'anineeplus-prod-shop-stock',
    ]);
    for (const { Properties, DeletionPolicy } of tables) {
      expect(DeletionPolicy).toBe('RetainExceptOnCreate');
      expect(Properties['BillingMode']).toBe('PAY_PER_REQUEST');
      expect((Properties['Replicas'] as unknown[])[0]).toMatchObject({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
  });

  test('an index copies all attributes unless the manifest says less', () => {
    const orders = everywhere('AWS::DynamoDB::GlobalTable').find(
      ({ Properties }) => Properties['TableName'] === 'anineeplus-prod-shop-orders',
    );
    const indexes = orders?.Properties['GlobalSecondaryIndexes'] as {
      IndexName: string;
      Projection: object;
    }[];
    expect(Object.fromEntries(indexes.map(({ IndexName, Projection }) => [IndexName, Projection]))).toEqual({
      'by-tenant': { ProjectionType: 'ALL' },
      'by-day': { ProjectionType: 'KEYS_ONLY' },
      'by-state': { ProjectionType: 'INCLUDE', NonKeyAttributes: ['total'] },
    });
  });

  test('a secret starts empty, under a key of its own', () => {
    const [secret, ...others] = everywhere('AWS::SecretsManager::Secret');
    expect(others).toEqual([]);
    expect(secret?.Properties).toMatchObject({
      Name: 'anineeplus/prod/plugins/shop',
      SecretString: '{"configVersion":1,"values":{}}',
      KmsKeyId: { 'Fn::GetAtt': [expect.any(String) as string, 'Arn'] },
    });
    expect(everywhere('AWS::KMS::Key')[0]?.Properties['EnableKeyRotation']).toBe(true);
  });

  test('no template holds a secret', () => {
    for (const template of Object.values(templates)) {
      expect(JSON.stringify(template)).not.toMatch(/(?:sk|pk|rk)_(?:test|live)_\w|whsec_\w|AKIA[0-9A-Z]{16}/);
    }
  });
});

describe('references', () => {
  test('plugins refer to the platform, weakly, and nobody refers to a plugin', () => {
    for (const [stack, template] of Object.entries(templates)) {
      const text = JSON.stringify(template);
      const referred = [...text.matchAll(/"Fn::GetStackOutput":\{"StackName":"([^"]+)"/g)].map(
        (match) => match[1],
      );
      expect(text).not.toContain('Fn::ImportValue');
      if (stack.endsWith('-platform')) expect(referred).toEqual([]);
      else expect([...new Set(referred)]).toEqual(['anineeplus-prod-platform']);
    }
  });
});

describe('outputs', () => {
  test('name where the API and the webhooks answer, and where the configuration goes', () => {
    expect(Object.keys(platform.Outputs ?? {})).toContain('ApiUrl');
    expect(Object.keys(shop.Outputs ?? {})).toEqual(
      expect.arrayContaining(['WebhookCourierUrl', 'ConfigSecretArn']),
    );
  });
});

describe('the table of errors', () => {
  test('takes the faults of a plugin from the functions of that plugin, and of no other', () => {
    for (const [template, plugin] of [
      [shop, 'shop'],
      [audit, 'audit'],
      [platform, 'platform'],
    ] as const) {
      const writes = ofType(template, 'AWS::IAM::Role').flatMap((role) =>
        statementsOf(role).filter(
          ({ Action, Resource }) =>
            [Action].flat().includes('dynamodb:PutItem') && JSON.stringify(Resource).includes('Errors'),
        ),
      );
      expect(writes.length).toBeGreaterThan(0);
      for (const { Action, Condition } of writes) {
        expect(Action).toEqual(['dynamodb:PutItem', 'dynamodb:UpdateItem']);
        expect(Condition).toEqual({
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`PLUGIN#${plugin}`] },
        });
      }
    }
  });

  test('has a relay that publishes the events of errors, and nothing else', () => {
    const statements = statementsOf(roleOf(platform, 'anineeplus-prod-platform-relay'));
    expect(statements.find(({ Action }) => Action === 'events:PutEvents')?.Condition).toEqual({
      StringEquals: { 'events:source': 'anineeplus.prod.platform' },
      StringLike: { 'events:detail-type': 'plugin.error.v*' },
    });
  });
});

describe('the registry', () => {
  test('lets nobody change or delete an entry of an audit', () => {
    const changes = [platform, shop, audit].flatMap((template) =>
      [...ofType(template, 'AWS::IAM::Role'), ...ofType(template, 'AWS::IAM::ManagedPolicy')].flatMap((one) =>
        statementsOf(one).filter(
          ({ Action, Resource, Effect }) =>
            Effect === 'Allow' &&
            /dynamodb:(Update|Delete|BatchWrite)Item/.test(JSON.stringify(Action)) &&
            JSON.stringify(Resource).includes('Registry'),
        ),
      ),
    );
    // That of the function that configures plugins, and of its boundary.
    expect(changes).toHaveLength(2);
    for (const { Action, Condition } of changes) {
      expect(Action).toBe('dynamodb:DeleteItem');
      expect(Condition).toEqual({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['CONFIG#*'] } });
    }
  });

  test('lets a plugin read what it says of that plugin, and of no other', () => {
    const reads = [shop, audit].flatMap((template) =>
      ofType(template, 'AWS::IAM::Role').flatMap((role) =>
        statementsOf(role).filter(({ Action }) => Action === 'dynamodb:GetItem'),
      ),
    );
    const keys = reads.map(
      ({ Condition }) => Condition?.['ForAllValues:StringEquals']?.['dynamodb:LeadingKeys'],
    );
    expect(new Set(keys.flat())).toEqual(new Set(['PLUGIN#shop', 'PLUGIN#audit']));
    expect(keys).not.toContain(undefined);
  });
});

describe('metadata', () => {
  test('says what a permission would grant', () => {
    const api = ofType(shop, 'AWS::Lambda::Function').find(
      ({ Properties }) => Properties['FunctionName'] === 'anineeplus-prod-shop-api',
    );
    const metadata = api?.Metadata?.['AnineePlus'] as {
      grantable: { permission: string; actions: string[] }[];
    };
    expect(metadata).toMatchObject({ plugin: 'shop', function: 'api', manifest: 'plugins/shop/plugin.json' });
    expect(metadata.grantable.map(({ permission }) => permission)).toEqual([
      'table:orders:read',
      'table:orders:scan',
      'table:orders:write',
      'table:stock:read',
      'table:stock:scan',
      'table:stock:write',
    ]);
    const relay = ofType(shop, 'AWS::Lambda::Function').find(
      ({ Properties }) => Properties['FunctionName'] === 'anineeplus-prod-shop-relay',
    );
    expect(relay?.Metadata?.['AnineePlus']).toMatchObject({
      grantable: [
        { permission: 'events:publish:shop.ordered' },
        { permission: 'events:publish:shop.shipped' },
      ],
    });
    expect(metadata.grantable[2]?.actions).toContain('dynamodb:PutItem');
  });

  test('says what the local runner starts for a plugin', () => {
    expect(platform.Metadata.AnineePlus).toEqual({ platform: true });
    expect(shop.Metadata.AnineePlus).toEqual({
      plugin: 'shop',
      configVersion: 1,
      manifest: 'plugins/shop/plugin.json',
      root: 'plugins/shop',
      declaration: expect.objectContaining({ name: 'shop', permissions: expect.any(Object) }) as object,
      envPrefix: 'SHOP_PLUGIN',
      secret: { Ref: expect.any(String) as string },
      scopes: ['orders:import', 'orders:internal', 'orders:read', 'orders:write'],
      sandboxes: [
        {
          name: 'courier',
          entry: 'plugins/shop/sandbox/main.ts',
          port: 12990,
          config: {
            'courier.apiKey': { generate: 'ck_test_', env: 'SHOP_PLUGIN_COURIER_API_KEY' },
            'courier.apiBase': { origin: true, env: 'SHOP_PLUGIN_COURIER_API_BASE' },
          },
          webhooks: { courier: '/webhooks/courier' },
        },
      ],
    });
    const { Ref } = shop.Metadata.AnineePlus['secret'] as { Ref: string };
    expect(shop.Resources[Ref]?.Type).toBe('AWS::SecretsManager::Secret');
    expect(audit.Metadata.AnineePlus).toMatchObject({ envPrefix: null, secret: null });
  });
});

describe('backups of configurations', () => {
  const auth = { issuer: 'https://idp.example.com/', audience: ['shop'] };
  const key = '8r104hZOMyD7bnjt9coKvwVAt8IxYUcKF4opY5Y-WDI';
  const tableOf = (template: Template) =>
    ofType(template, 'AWS::DynamoDB::GlobalTable').find(
      ({ Properties }) => Properties['TableName'] === 'anineeplus-prod-config-backups',
    );

  test('are made by a function that reads secrets, adds to their table, and does no more', async () => {
    const assembly = await assemblyOf(fixture('full'), { stage: 'prod', auth, 'config.backupKey': key });
    const template = assembly.templates['anineeplus-prod-platform'] as Template;
    const actions = actionsOf(template, 'anineeplus-prod-platform-backup');
    expect(actions).toEqual([
      'dynamodb:PutItem',
      'kms:Decrypt',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'secretsmanager:GetSecretValue',
      'sqs:SendMessage',
    ]);
    expect(tableOf(template)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } },
    });
    const boundaries = ofType(template, 'AWS::IAM::ManagedPolicy').map(statementsOf);
    const holders = boundaries.filter((statements) =>
      actions.every((action) => statements.some((one) => [one.Action].flat().includes(action))),
    );
    expect(holders).not.toEqual([]);
  });

  test('are not made without a key', () => {
    expect(tableOf(platform)).toBeUndefined();
    expect(ofType(platform, 'AWS::Scheduler::Schedule')).toEqual([]);
  });
});
