import type { Circle } from './circles.ts';
import type { ImportOrder } from './import-order.ts';

/** In which order the parts of a folder build on each other, lowest first. */
export const importOrders: Readonly<Record<string, ImportOrder>> = {
  functions: ['runtime', 'platform'],
  'infra/local': [
    'errors.ts',
    'json.ts',
    'ports.ts',
    'resources',
    'types.ts',
    'events',
    'iam',
    'assembly',
    'state',
    'engine',
    'http',
    'api-gateway',
    'lambda',
    'services',
    'aws-endpoint',
    'pollers',
    'schedules',
    'dev',
    'reload',
    'sandboxes',
    'runner',
    'main.ts',
  ],
  'plugins/payment': [
    'config.ts',
    'errors.ts',
    'money',
    // A payment's amounts are made of its refunds, disputes and limits, so the models know one another.
    '*/model',
    'providers',
    'store',
    // What one transaction writes stands in the folders of several capabilities.
    '*/persistence',
    'services.ts',
    'engine',
    'api',
    'limits',
    'customers',
    'payments',
    'subscriptions',
    'refunds',
    'disputes',
    'webhooks',
    'reconciliation',
    'create-services.ts',
    'plugin.ts',
    'functions',
    'docs',
    'docs.ts',
    'sandbox',
  ],
};

/** Circles of imports that are still to be undone; one that is undone, or made smaller, has to be taken out here. */
export const knownCircles: readonly Circle[] = [
  [
    'functions/runtime/adapters/caller.ts',
    'functions/runtime/tokens/jwt.ts',
    'functions/runtime/tokens/verifier.ts',
  ],
  ['functions/runtime/invocation.ts', 'functions/runtime/middleware/types.ts'],
  ['plugins/examples/simple-plugin/operations/list-receipts.ts', 'plugins/examples/simple-plugin/plugin.ts'],
  [
    'plugins/payment/sandbox/paypal/store/records.ts',
    'plugins/payment/sandbox/paypal/store/refund-record.ts',
  ],
];
