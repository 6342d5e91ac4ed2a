import { describeOperation, type ApiDocs } from '#runtime/contract/docs.ts';
import * as operations from './operations.ts';

const name = 'The plugin.';
const version = '6f1c2d0e-7b1f-4c7e-9f52-0d0d8a4f1f10';
const at = '2026-11-23T10:00:00.000Z';
const config = {
  name: 'payment',
  configVersion: 1,
  version,
  label: 'cfg-7',
  values: { stripe: { secretKey: '********' }, limits: { maxAmount: 500 } },
  overridden: [],
  schema: '/plugins/payment/config/schema',
  updatedAt: at,
  updatedBy: 'ada',
};
const { values: _values, ...listed } = { ...config, inForce: true, changed: ['limits.maxAmount'] };
const envelope = {
  format: 'anineeplus-config/1',
  plugin: 'payment',
  stage: 'prod',
  label: 'cfg-7',
  configVersion: 1,
  exportedAt: at,
  iv: 'q83vEjRWeJCrze8S',
  ciphertext: 'kM1tG2lX',
  tag: '3q2+796tvu/erb7v3q2+7w==',
};
const key = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

/** What the operations on configurations say in the OpenAPI document. No function imports it. */
export const docs: ApiDocs = {
  schemas: [],
  operations: [
    describeOperation(operations.getPluginConfig, { name }, { input: { name: 'payment' }, output: config }),
    describeOperation(
      operations.getPluginConfigSchema,
      { name },
      { input: { name: 'payment' }, output: { type: 'object', properties: {} } },
    ),
    describeOperation(
      operations.updatePluginConfig,
      { name, patch: 'What changes: a JSON merge patch.' },
      {
        input: { name: 'payment', patch: { limits: { maxAmount: 500 } } },
        output: { ...config, changed: ['limits.maxAmount'] },
      },
    ),
    describeOperation(
      operations.listPluginConfigVersions,
      { name },
      { input: { name: 'payment' }, output: { name: 'payment', versions: [listed] } },
    ),
    describeOperation(
      operations.getPluginConfigVersion,
      { name, label: 'The version.' },
      { input: { name: 'payment', label: 'cfg-7' }, output: { ...config, inForce: true } },
    ),
    describeOperation(
      operations.diffPluginConfig,
      { name, from: 'The version on the left.', to: 'The version on the right.' },
      {
        input: { name: 'payment', from: 'cfg-6', to: 'cfg-7' },
        output: {
          name: 'payment',
          from: 'cfg-6',
          to: 'cfg-7',
          changes: [{ path: 'limits.maxAmount', before: 1000, after: 500 }],
        },
      },
    ),
    describeOperation(
      operations.rollbackPluginConfig,
      { name, version: 'The version to return to.' },
      {
        input: { name: 'payment', version: 'cfg-6' },
        output: { ...config, label: 'cfg-6', changed: ['limits.maxAmount'] },
      },
    ),
    describeOperation(
      operations.listPluginConfigBackups,
      { name },
      {
        input: { name: 'payment' },
        output: { name: 'payment', backups: [{ takenAt: at, label: 'cfg-7', version, configVersion: 1 }] },
      },
    ),
    describeOperation(
      operations.getPluginConfigBackup,
      { name, takenAt: 'When it was taken.' },
      { input: { name: 'payment', takenAt: at }, output: { envelope, sealedKey: 'eyJhbGciOiJFQ0RILUVT' } },
    ),
    describeOperation(
      operations.exportPluginConfig,
      { name, key: '32 bytes in base64, which are not kept here.' },
      { input: { name: 'payment', key }, output: envelope },
    ),
    describeOperation(
      operations.importPluginConfig,
      { name, key: 'The key of the export.', envelope: 'The export.' },
      { input: { name: 'payment', key, envelope }, output: { ...config, changed: ['limits.maxAmount'] } },
    ),
  ],
};
