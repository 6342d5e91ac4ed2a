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
