import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { scratchDir } from '#infra/bundling/scratch.ts';
import { type Closure, closureOf, projectClosures } from '../bench/closure.ts';

const root = join(import.meta.dirname, '../..');
let closures: Readonly<Record<string, Closure>>;
beforeAll(async () => {
  closures = await projectClosures(scratchDir('closures'));
});

const runtime = (...files: readonly string[]) => files.map((file) => `functions/runtime/${file}.ts`);
const payment = (...files: readonly string[]) => files.map((file) => `plugins/payment/${file}.ts`);

/** What is loaded when it is first needed, what describes the API at synth, and what would load undici. */
const NOWHERE = [
  ...runtime('index', 'adapters/config', 'tokens/jwt', 'contract/docs'),
  ...payment('docs'),
  'undici',
  'zod',
  // Loaded where tracing is on.
  '@opentelemetry/api',
  '@opentelemetry/sdk-trace',
  // The runtime has small clients of its own.
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/client-eventbridge',
  '@aws-sdk/client-lambda',
  '@aws-sdk/client-secrets-manager',
  '@aws-sdk/lib-dynamodb',
];
/** What serves operations, and what keeps events apart that arrive twice. */
const OPERATIONS = runtime('adapters/api', 'adapters/http', 'adapters/direct', 'adapters/run-operation');
const EVENTS = runtime('adapters/queue', 'adapters/stream');
const INBOX = runtime('inbox/inbox');
const CALLS = runtime('call', 'aws/lambda');
/** Operations of the payment plugin and the schemas of its API. */
const PAYMENT_API = payment(
  'operations',
  'api/schemas',
  'api/enums',
  'customers/customer-schema',
  'payments/create-payment',
  'refunds/refund-schema',
  'subscriptions/subscription-schema',
  'webhooks/handle-payment-webhook',
);
const STRIPE = [...payment('providers/stripe/provider'), 'stripe'];
const PAYPAL = [...payment('providers/paypal/provider'), '@paypal/paypal-server-sdk'];
const NO_PAYMENT = [...EVENTS, ...INBOX, ...CALLS, 'graphql', 'jose'];

const points = (...files: readonly string[]) =>
  files.map((file) => `plugins/examples/advanced-plugin/${file}.ts`);
const POINTS_API = points('operations/get-points', 'operations/list-statements', 'operations/redeem-points');
const receipts = (file: string) => `plugins/examples/simple-plugin/${file}.ts`;

/** What an entry never runs: files by their path in the project, and packages. */
const absent: Readonly<Record<string, readonly string[]>> = {
  'payment/functions/api': [...STRIPE, ...PAYPAL, ...NO_PAYMENT, ...runtime('adapters/webhook')],
  'payment/functions/webhook-stripe': [...OPERATIONS, ...PAYMENT_API, ...PAYPAL, ...NO_PAYMENT],
  'payment/functions/webhook-paypal': [...OPERATIONS, ...PAYMENT_API, ...STRIPE, ...NO_PAYMENT],
  'payment/functions/reconcile': [...OPERATIONS, ...PAYMENT_API, ...STRIPE, ...PAYPAL, ...NO_PAYMENT],
  'simple-plugin/functions/api': [
    ...EVENTS,
    ...CALLS,
    receipts('subscriptions/on-payment-succeeded'),
    'events/catalog/payment.ts',
  ],
  'simple-plugin/functions/on-payment-succeeded': [
    ...OPERATIONS,
    ...CALLS,
    receipts('operations/list-receipts'),
  ],
  'advanced-plugin/functions/api': [...EVENTS, ...points('operations/redeem-points', 'schedules/statements')],
  'advanced-plugin/functions/redemptions': [
    ...EVENTS,
    ...points('operations/get-points', 'operations/list-statements', 'schedules/statements'),
  ],
  'advanced-plugin/functions/on-payment-succeeded': [...OPERATIONS, ...POINTS_API],
  'advanced-plugin/functions/on-refund-succeeded': [...OPERATIONS, ...POINTS_API],
  'advanced-plugin/functions/on-refund-failed': [...OPERATIONS, ...POINTS_API],
  'advanced-plugin/functions/schedules': [...OPERATIONS, ...EVENTS, ...POINTS_API],
  'platform/plugins': [...EVENTS, ...INBOX, 'graphql', 'functions/platform/config/operations.ts'],
  'platform/config': [...EVENTS, ...INBOX, 'graphql', 'functions/platform/plugins/operations.ts'],
  'platform/graphql': [...EVENTS, ...INBOX, 'functions/platform/plugins/operations.ts'],
  'platform/backup': [...OPERATIONS, ...EVENTS, ...INBOX, ...CALLS, 'graphql'],
  'relay/relay': [...OPERATIONS, ...INBOX, ...CALLS, 'graphql', 'events/catalog/payment.ts'],
  'deploy-check/deploy-check': [...OPERATIONS, ...EVENTS, ...INBOX, 'graphql'],
  'console/console': [...OPERATIONS, ...EVENTS, ...INBOX, ...CALLS, 'graphql', 'jose'],
};

test('every entry of the project is judged, by files and packages that exist', () => {
  expect(Object.keys(absent).sort()).toEqual(Object.keys(closures).sort());
  for (const name of new Set([...NOWHERE, ...Object.values(absent).flat()])) {
    const place = name.endsWith('.ts') ? join(root, name) : join(root, 'node_modules', name);
    expect(name === 'undici' || existsSync(place), name).toBe(true);
  }
});

test.each(Object.entries(absent))('%s loads nothing that it never runs', (entry, names) => {
  const { modules = [], packages = [] } = closures[entry] ?? {};
  const isLoaded = (name: string) =>
    packages.includes(name) ||
    modules.some((module) => module === name || module.includes(`node_modules/${name}/`));
  expect([...NOWHERE, ...names].filter(isLoaded)).toEqual([]);
});

test('a closure counts what static imports reach, with the packages', () => {
  const output = (
    bytes: number,
    inputs: readonly string[],
    imports: readonly (readonly [string, string])[],
  ) => ({
    bytes,
    inputs: Object.fromEntries(
      inputs.map((input) => [input, { bytesInOutput: input === 'dropped.ts' ? 0 : 1 }]),
    ),
    imports: imports.map(([path, kind]) => ({ path, kind: kind as 'import-statement' })),
    exports: [],
  });
  const metafile = {
    inputs: {},
    outputs: {
      'out/a.mjs': {
        ...output(
          100,
          ['a.ts', 'dropped.ts'],
          [
            ['out/one.mjs', 'import-statement'],
            ['out/lazy.mjs', 'dynamic-import'],
          ],
        ),
        entryPoint: 'a.ts',
      },
      'out/one.mjs': output(20, ['node_modules/x/node_modules/@s/y/i.js', 'a.ts'], []),
      'out/lazy.mjs': output(3, ['lazy.ts'], []),
    },
  };
  expect(closureOf(metafile, 'a.ts')).toEqual({
    modules: ['a.ts', 'node_modules/x/node_modules/@s/y/i.js'],
    bytes: 120,
    packages: ['@s/y'],
  });
  expect(() => closureOf(metafile, 'b.ts')).toThrow('"b.ts" is no entry of this bundle');
});
