import type { DescribedOperation, JsonSchema } from './types.ts';

const text: JsonSchema = { type: 'string' };
const object = (properties: Record<string, JsonSchema>, required = Object.keys(properties)): JsonSchema => ({
  type: 'object',
  properties,
  required,
});
const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });

const status: JsonSchema = {
  type: 'string',
  enum: ['healthy', 'degraded', 'unhealthy', 'unloaded', 'unknown'],
};
const finding = object(
  {
    status,
    reason: text,
    at: { type: 'string', format: 'date-time' },
    windowSeconds: { type: 'integer' },
    calls: { type: 'integer' },
    failures: { type: 'integer' },
  },
  ['status'],
);
const health = object(
  {
    status,
    reason: text,
    checks: {
      type: 'object',
      additionalProperties: object({ status, reason: text, active: finding, passive: finding }, ['status']),
    },
  },
  ['status'],
);
const plugin: JsonSchema = {
  ...object({ name: text, version: text, description: text, author: text }),
  additionalProperties: true,
};
const changed = object({
  name: text,
  status: { type: 'string', enum: ['loaded', 'unloaded'] },
  changed: { type: 'boolean' },
  cascaded: list(text),
});

const auditEntry = object(
  {
    plugin: text,
    version: { type: 'integer' },
    action: text,
    at: { type: 'string', format: 'date-time' },
    by: text,
    tenant: text,
    requestId: text,
    sourceIp: text,
    calledBy: text,
    before: { type: 'object' },
    after: { type: 'object' },
    reason: text,
    previousHash: text,
    hash: text,
  },
  ['version', 'action', 'at', 'by', 'requestId', 'before', 'after'],
);

const dateTime: JsonSchema = { type: 'string', format: 'date-time' };
const count: JsonSchema = { type: 'integer' };
const errorGroup = object(
  {
    plugin: text,
    fingerprint: text,
    status: { type: 'string', enum: ['open', 'resolved', 'ignored'] },
    statusBy: text,
    statusAt: dateTime,
    operation: text,
    code: text,
    type: text,
    message: text,
    at: text,
    count,
    regressions: count,
    firstSeen: dateTime,
    lastSeen: dateTime,
    versions: list(text),
    sample: object(
      { requestId: text, traceId: text, at: dateTime, version: text, message: text, stack: text },
      ['requestId', 'at', 'version', 'message'],
    ),
  },
  [
    'plugin',
    'fingerprint',
    'status',
    'operation',
    'code',
    'type',
    'message',
    'count',
    'firstSeen',
    'lastSeen',
  ],
);
const errorPage = object({ errors: list(errorGroup), cursor: { anyOf: [text, { type: 'null' }] } });
const configVersion: JsonSchema = { type: 'integer' };
const origin = { updatedAt: dateTime, updatedBy: text };
const config = object(
  {
    name: text,
    configVersion,
    storedConfigVersion: configVersion,
    version: text,
    label: text,
    values: { type: 'object' },
    overridden: { anyOf: [list(text), { type: 'null' }] },
    schema: text,
    ...origin,
  },
  ['name', 'configVersion', 'version', 'label', 'values', 'overridden', 'schema'],
);
const configChanged: JsonSchema = { allOf: [config, object({ changed: list(text) })] };
const version = {
  label: text,
  version: text,
  configVersion,
  inForce: { type: 'boolean' },
  changed: list(text),
  ...origin,
};
const versionMembers = ['label', 'version', 'configVersion', 'inForce'];

/** What the platform's own operations answer; their code passes it on as it is. By operation key. */
export const platformAnswers: Readonly<Record<string, JsonSchema>> = {
  listPlugins: object({ plugins: list(plugin) }),
  getPlugin: plugin,
  getPluginAudit: object(
    {
      entries: list(auditEntry),
      next: { type: 'integer' },
      head: object({ version: { type: 'integer' }, hash: text }),
    },
    ['entries'],
  ),
  listErrors: errorPage,
  listPluginErrors: errorPage,
  setPluginErrorStatus: errorGroup,
  pluginsHealth: object({ status, plugins: list(object({ name: text, version: text, health })) }),
  pluginsDrift: object({
    drift: list(
      object(
        {
          plugin: text,
          kind: { type: 'string', enum: ['queue-state', 'unfinished-transition', 'not-deployed'] },
          detail: text,
          fix: text,
        },
        ['plugin', 'kind', 'detail'],
      ),
    ),
  }),
  loadPlugin: changed,
  unloadPlugin: changed,
  getPluginConfig: config,
  updatePluginConfig: configChanged,
  rollbackPluginConfig: configChanged,
  importPluginConfig: configChanged,
  getPluginConfigSchema: { type: 'object' },
  listPluginConfigVersions: object({ name: text, versions: list(object(version, versionMembers)) }),
  getPluginConfigVersion: object({ name: text, values: { type: 'object' }, ...version }, [
    'name',
    'values',
    ...versionMembers,
  ]),
  diffPluginConfig: object({
    name: text,
    from: text,
    to: text,
    changes: list(object({ path: text, before: {}, after: {} }, ['path'])),
  }),
  exportPluginConfig: { type: 'object' },
  getOpenApi: { type: 'object' },
  graphql: object({ data: {}, errors: list({ type: 'object' }) }, []),
};

/** The GraphQL function validates its request by GraphQL's own rules, so its code has no schema for it. */
export const graphqlOperation: DescribedOperation = {
  summary: 'Answers a GraphQL request; refusals stand in `errors`, each with `extensions.code`',
  successStatus: 200,
  idempotency: 'key',
  errors: {},
  input: object({ query: text, operationName: text, variables: { type: 'object' } }, ['query']),
  output: {},
  example: {
    input: { query: 'query($id: ID!) { __type(name: "Query") { name } }', variables: { id: '1' } },
    output: { data: { __type: { name: 'Query' } } },
  },
};
