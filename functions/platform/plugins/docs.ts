import { describeOperation, type ApiDocs } from '#runtime/contract/docs.ts';
import { linkHash } from '#runtime/hash-chain.ts';
import * as operations from './operations.ts';

const payment = {
  name: 'payment',
  version: '1.0.0',
  description: 'Takes payments.',
  author: 'AnineePlus',
  status: 'loaded',
  operations: [],
  webhooks: [],
  events: { publishes: [], subscribes: [] },
  dependencies: [],
};
const whose = {
  name: 'The plugin.',
  cascade: 'Whether plugins that need it, or that it needs, go along.',
};
const auditEntry = {
  plugin: 'payment',
  version: 42,
  action: 'unload',
  at: '2026-11-23T10:00:00.000Z',
  by: 'ada',
  tenant: 'default',
  requestId: '6f1c2d0e-7b1f-4c7e-9f52-0d0d8a4f1f10',
  sourceIp: '203.0.113.7',
  before: { state: 'unloading' },
  after: { state: 'unloaded' },
  previousHash: '5HnvUMqZo0wVw0GAbZ8Xz8j2oTAWSjTfTQK9vWcIQ0Q',
};
const auditHash = linkHash(auditEntry);
const errorGroup = {
  plugin: 'payment',
  fingerprint: '3f2a9c0d1e4b5a69788c',
  status: 'open',
  operation: 'createPayment',
  code: 'provider-unavailable',
  type: 'ProviderError',
  message: 'the provider did not answer within <n> ms',
  count: 12,
  regressions: 0,
  firstSeen: '2026-11-23T09:58:12.004Z',
  lastSeen: '2026-11-23T10:02:40.512Z',
  versions: ['1.0.0'],
  sample: {
    requestId: '6f1c2d0e-7b1f-4c7e-9f52-0d0d8a4f1f10',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    at: '2026-11-23T10:02:40.512Z',
    version: '1.0.0',
    message: 'the provider did not answer within 5000 ms',
  },
};
const errorPage = {
  status: 'Only groups with this status.',
  operation: 'Only errors of this operation.',
  limit: 'Groups of a page.',
  cursor: 'That of the page before.',
};
const named = { name: 'payment', cascade: false };

/** What the platform's own operations say in the OpenAPI document. No function imports it. */
export const docs: ApiDocs = {
  schemas: [],
  operations: [
    describeOperation(operations.listPlugins, {}, { input: {}, output: { plugins: [payment] } }),
    describeOperation(
      operations.getPlugin,
      { name: 'The plugin.' },
      { input: { name: 'payment' }, output: payment },
    ),
    describeOperation(
      operations.getPluginAudit,
      {
        name: 'The plugin.',
        limit: 'Entries of a page.',
        before: 'Only entries below this version: `next` of the page before.',
        action: 'Only entries with this action, such as `unload`.',
        by: 'Only entries by this subject.',
      },
      {
        input: { name: 'payment', limit: 20 },
        output: {
          entries: [{ ...auditEntry, hash: auditHash }],
          next: 42,
          head: { version: 42, hash: auditHash },
        },
      },
    ),
    describeOperation(
      operations.pluginsHealth,
      {},
      {
        input: {},
        output: {
          status: 'healthy',
          plugins: [{ name: 'payment', version: '1.0.0', health: { status: 'healthy' } }],
        },
      },
    ),
    describeOperation(
      operations.pluginsDrift,
      {},
      {
        input: {},
        output: {
          drift: [
            {
              plugin: 'payment',
              kind: 'unfinished-transition',
              detail: 'It is unloading since 2026-11-23T10:00:00.000Z.',
              fix: 'POST /plugins/unload {"name":"payment"}',
            },
          ],
        },
      },
    ),
    describeOperation(operations.listErrors, errorPage, {
      input: { status: 'open', limit: 50 },
      output: { errors: [errorGroup], cursor: null },
    }),
    describeOperation(
      operations.listPluginErrors,
      { name: 'The plugin.', ...errorPage },
      { input: { name: 'payment', limit: 50 }, output: { errors: [errorGroup], cursor: null } },
    ),
    describeOperation(
      operations.setPluginErrorStatus,
      { name: 'The plugin.', fingerprint: 'The group.', status: 'Its new status.' },
      {
        input: { name: 'payment', fingerprint: errorGroup.fingerprint, status: 'resolved' },
        output: {
          ...errorGroup,
          status: 'resolved',
          statusBy: 'ada',
          statusAt: '2026-11-23T11:00:00.000Z',
        },
      },
    ),
    describeOperation(operations.loadPlugin, whose, {
      input: named,
      output: { name: 'payment', status: 'loaded', changed: true, cascaded: [] },
    }),
    describeOperation(operations.unloadPlugin, whose, {
      input: named,
      output: { name: 'payment', status: 'unloaded', changed: true, cascaded: [] },
    }),
    describeOperation(operations.getOpenApi, {}, { input: {}, output: { openapi: '3.1.0' } }),
  ],
};
