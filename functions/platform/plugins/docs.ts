import { describeOperation, type ApiDocs } from '#runtime/contract/docs.ts';
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
