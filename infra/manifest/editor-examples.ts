/**
 * What an editor proposes for each field of plugin.json, the most usual first, by the path of the field: `<name>` is a
 * name of the author's choice, `[]` a member of a list. The exported JSON Schema has them as `examples`.
 */
export const editorExamples: Readonly<Record<string, readonly [unknown, ...unknown[]]>> = {
  $schema: [
    '../../infra/manifest/plugin.schema.json',
    './node_modules/@anineeplus/plugins/infra/manifest/plugin.schema.json',
  ],
  manifestVersion: [1],
  name: ['greeter'],
  version: ['1.0.0', '0.1.0'],
  description: ['Greets each person once.'],
  author: ['Ada Lovelace'],
  license: ['Apache-2.0', 'MIT', 'UNLICENSED'],
  engine: ['^1.0.0'],
  dependencies: [{ payment: { version: '^1.0.0', operations: ['getPayment'] } }],
  'dependencies.<name>': [
    { version: '^1.0.0', operations: ['getPayment'] },
    { version: '^1.0.0', optional: true },
  ],
  'dependencies.<name>.version': ['^1.0.0', '>=1.2.0 <3.0.0'],
  'dependencies.<name>.optional': [true],
  'dependencies.<name>.operations': [['getPayment']],
  'dependencies.<name>.operations[]': ['getPayment'],
  'dependencies.<name>.maxHops': [2],

  operations: [
    { greet: { http: { method: 'POST', path: '/greetings' }, scope: 'greetings:write', function: 'api' } },
  ],
  'operations.<name>': [
    {
      http: { method: 'GET', path: '/greetings/{id}' },
      graphql: { kind: 'query', field: 'greeting' },
      scope: 'greetings:read',
    },
    { scope: 'greetings:write', expose: 'internal' },
  ],
  'operations.<name>.http': [{ method: 'POST', path: '/greetings' }],
  'operations.<name>.http.method': ['GET', 'POST'],
  'operations.<name>.http.path': ['/greetings', '/greetings/{id}'],
  'operations.<name>.graphql': [{ kind: 'query', field: 'greeting' }],
  'operations.<name>.graphql.kind': ['query', 'mutation'],
  'operations.<name>.graphql.field': ['greeting', 'createGreeting'],
  'operations.<name>.scope': ['greetings:read', 'greetings:write'],
  'operations.<name>.expose': ['internal'],
  'operations.<name>.function': ['api'],

  webhooks: [{ acme: { path: '/webhooks/acme', function: 'acme-webhook' } }],
  'webhooks.<name>': [{ path: '/webhooks/acme', function: 'acme-webhook' }],
  'webhooks.<name>.path': ['/webhooks/acme'],
  'webhooks.<name>.maxBodyBytes': [65_536],
  'webhooks.<name>.function': ['acme-webhook'],

  events: [
    {
      subscribes: {
        onPaymentSucceeded: {
          type: 'payment.succeeded',
          version: '^1.0.0',
          function: 'on-payment-succeeded',
        },
      },
    },
  ],
  'events.publishes': [[{ type: 'greeting.sent', version: '1.0.0' }]],
  'events.publishes[]': [{ type: 'greeting.sent', version: '1.0.0' }],
  'events.publishes[].type': ['greeting.sent'],
  'events.publishes[].version': ['1.0.0'],
  'events.subscribes': [
    {
      onPaymentSucceeded: { type: 'payment.succeeded', version: '^1.0.0', function: 'on-payment-succeeded' },
    },
  ],
  'events.subscribes.<name>': [
    { type: 'payment.succeeded', version: '^1.0.0', function: 'on-payment-succeeded' },
  ],
  'events.subscribes.<name>.type': ['payment.succeeded', 'refund.succeeded'],
  'events.subscribes.<name>.version': ['^1.0.0'],
  'events.subscribes.<name>.function': ['on-payment-succeeded'],
  'events.subscribes.<name>.filter': [{ data: { final: [true] } }],
  'events.subscribes.<name>.batchSize': [1],
  'events.subscribes.<name>.maximumConcurrency': [2],

  schedules: [{ cleanUp: { function: 'schedules', rate: '1 day' } }],
  'schedules.<name>': [
    { function: 'schedules', rate: '1 day' },
    { function: 'schedules', cron: '0 3 * * ? *' },
  ],
  'schedules.<name>.function': ['schedules'],
  'schedules.<name>.rate': ['5 minutes', '1 hour', '1 day'],
  'schedules.<name>.cron': ['0 3 * * ? *', '0 8 ? * 2-6 *'],
  'schedules.<name>.description': ['Deletes greetings that nobody has read'],

  tables: [{ greetings: { partitionKey: 'PK', sortKey: 'SK' } }],
  'tables.<name>': [
    { partitionKey: 'PK', sortKey: 'SK' },
    { partitionKey: 'PK', sortKey: 'SK', ttl: 'ttl' },
  ],
  'tables.<name>.partitionKey': ['PK'],
  'tables.<name>.sortKey': ['SK'],
  'tables.<name>.ttl': ['ttl'],
  'tables.<name>.indexes': [{ 'by-month': { partitionKey: 'GSI1PK', sortKey: 'GSI1SK' } }],
  'tables.<name>.indexes.<name>': [{ partitionKey: 'GSI1PK', sortKey: 'GSI1SK' }],
  'tables.<name>.indexes.<name>.partitionKey': ['GSI1PK'],
  'tables.<name>.indexes.<name>.sortKey': ['GSI1SK'],
  'tables.<name>.indexes.<name>.projection': ['KEYS_ONLY'],
  'tables.<name>.indexes.<name>.nonKeyAttributes': [['status']],
  'tables.<name>.indexes.<name>.nonKeyAttributes[]': ['status'],
  'tables.<name>.stream': [{ view: 'NEW_IMAGE', relay: { sortKeyPrefix: 'EVT#' } }],
  'tables.<name>.stream.view': ['NEW_IMAGE'],
  'tables.<name>.stream.relay': [{ sortKeyPrefix: 'EVT#' }],
  'tables.<name>.stream.relay.sortKeyPrefix': ['EVT#'],

  functions: [{ api: { entry: 'functions/api.ts' } }],
  'functions.<name>': [
    { entry: 'functions/api.ts' },
    { entry: 'functions/api.ts', memoryMb: 512, timeoutSeconds: 20 },
  ],
  'functions.<name>.entry': ['functions/api.ts'],
  'functions.<name>.description': ['Greetings over HTTP and GraphQL'],
  'functions.<name>.memoryMb': [256, 512, 1024],
  'functions.<name>.timeoutSeconds': [10, 30, 60],
  'functions.<name>.reservedConcurrency': [20],

  permissions: [{ api: ['table:greetings:read', 'table:greetings:write'] }],
  'permissions.<name>': [
    ['table:greetings:read', 'table:greetings:write'],
    ['call:payment.getPayment'],
    ['events:publish:greeting.*'],
  ],
  'permissions.<name>[]': [
    'table:greetings:read',
    'table:greetings:write',
    'table:greetings:scan',
    'events:publish:greeting.*',
    'call:payment.getPayment',
  ],
  iam: [{ api: [{ sid: 'ReadPhotos', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::photos/*'] }] }],
  'iam.<name>': [[{ sid: 'ReadPhotos', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::photos/*'] }]],
  'iam.<name>[]': [{ sid: 'ReadPhotos', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::photos/*'] }],
  'iam.<name>[].sid': ['ReadPhotos'],
  'iam.<name>[].actions': [['s3:GetObject']],
  'iam.<name>[].actions[]': ['s3:GetObject'],
  'iam.<name>[].resources': [['arn:${AWS::Partition}:s3:::photos/*']],
  'iam.<name>[].resources[]': ['arn:${AWS::Partition}:s3:::photos/*'],
  'iam.<name>[].conditions': [{ StringEquals: { 's3:ExistingObjectTag/public': 'yes' } }],
  'iam.<name>[].conditions.<name>': [{ 's3:ExistingObjectTag/public': 'yes' }],
  'iam.<name>[].conditions.<name>.<name>[]': ['yes'],
  'iam.<name>[].conditions.<name>.<name>': ['yes', ['yes', 'maybe']],

  config: [{ version: 1, envPrefix: 'GREETER_PLUGIN' }],
  'config.version': [1],
  'config.envPrefix': ['GREETER_PLUGIN'],
  deploy: [{ strategy: 'canary10Percent5Minutes' }],
  'deploy.load': ['manual'],
  'deploy.strategy': ['canary10Percent5Minutes'],

  observability: [
    { alarms: { 'greeting.lost': { metric: 'greeting.lost', description: 'Greetings could not be sent' } } },
  ],
  'observability.alarms': [
    { 'greeting.lost': { metric: 'greeting.lost', description: 'Greetings could not be sent' } },
  ],
  'observability.alarms.<name>': [
    {
      metric: 'greeting.lost',
      description: 'Greetings could not be sent',
      runbook: 'README.md#alarm-greeting-lost',
    },
  ],
  'observability.alarms.<name>.metric': ['greeting.lost'],
  'observability.alarms.<name>.threshold': [1],
  'observability.alarms.<name>.periodMinutes': [5],
  'observability.alarms.<name>.description': ['Greetings could not be sent'],
  'observability.alarms.<name>.runbook': [
    'README.md#alarm-greeting-lost',
    'https://runbooks.example/greetings',
  ],
  'observability.defaults': [{ duration: { threshold: 90 } }],
  'observability.defaults.<name>': [{ threshold: 90 }, false],
  'observability.defaults.<name>.threshold': [90],
  'observability.defaults.<name>.periodMinutes': [10],
  'observability.tracing': [true],
  'observability.dashboard': [false],

  build: [{ keep: { stripe: ['PaymentIntents'] } }],
  'build.keep': [{ stripe: ['PaymentIntents'] }],
  'build.keep.<name>': [['PaymentIntents']],
  'build.keep.<name>[]': ['PaymentIntents'],

  sandbox: [{ acme: { entry: 'sandbox/main.ts', port: 12_200 } }],
  'sandbox.<name>': [
    {
      entry: 'sandbox/main.ts',
      port: 12_200,
      config: { 'acme.secretKey': { generate: 'sk_test_' }, 'acme.apiBase': { origin: true } },
      webhooks: ['acme'],
    },
  ],
  'sandbox.<name>.entry': ['sandbox/main.ts'],
  'sandbox.<name>.port': [12_200],
  'sandbox.<name>.config': [{ 'acme.apiBase': { origin: true } }],
  'sandbox.<name>.config.<name>': [{ origin: true }, { generate: 'sk_test_' }],
  'sandbox.<name>.config.<name>.generate': ['sk_test_'],
  'sandbox.<name>.config.<name>.origin': [true],
  'sandbox.<name>.webhooks': [['acme']],
  'sandbox.<name>.webhooks[]': ['acme'],
};
