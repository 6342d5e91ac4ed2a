import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTypes } from '#infra/manifest/plugin-types.ts';
import { copyProject, editJson } from '#testing/project.ts';
import { typecheckOf } from '../support/project.ts';
import { plugins } from '../unit/infra/cli/command-line.ts';

/** What the editor knows of a plugin from its manifest: each misspelt name is an error of the compiler, at its place. */

/** What a scaffolded plugin gets besides, so that it has every kind of name. */
const additions: Readonly<Record<string, object>> = {
  dependencies: { payment: { version: '^1.0.0', operations: ['getPayment'] } },
  events: {
    publishes: [{ type: 'limit.exceeded', version: '1.0.0' }],
    subscribes: {
      onPaymentSucceeded: { type: 'payment.succeeded', version: '^1.0.0', function: 'on-payment-succeeded' },
    },
  },
  schedules: { tidy: { function: 'schedules', rate: '1 day' } },
  webhooks: { acme: { path: '/webhooks/acme', function: 'acme' } },
  tables: {
    orders: {
      partitionKey: 'PK',
      sortKey: 'SK',
      stream: { view: 'NEW_IMAGE', relay: { sortKeyPrefix: 'EVT#' } },
    },
  },
  functions: {
    api: { entry: 'functions/api.ts' },
    'on-payment-succeeded': { entry: 'functions/on-payment-succeeded.ts' },
    schedules: { entry: 'functions/schedules.ts' },
    acme: { entry: 'functions/acme.ts' },
  },
  permissions: {
    api: ['table:orders:read', 'table:orders:write', 'call:payment.getPayment'],
    schedules: ['table:orders:write'],
    relay: ['events:publish:limit.exceeded'],
  },
  config: { version: 1, envPrefix: 'SHOP_PLUGIN' },
};

const files: Readonly<Record<string, string>> = {
  'plugin.ts': `import * as z from 'zod/mini';
import { createCaller } from '#runtime/call.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import manifest from './plugin.json' with { type: 'json' };
import type { Services } from './services.ts';

export const plugin = definePlugin({
  manifest,
  config: z.object({ words: z.string() }),
  initialize: (config, { table, now }): Services => ({
    now,
    words: config.words,
    orders: table('orders'),
    plugins: createCaller(),
  }),
});
`,
  'services.ts': `import type { PluginCaller } from '#runtime/call.ts';
import type { PublishedEvent } from '#runtime/contract/manifest-types.ts';
import type manifest from './plugin.json';

export interface Services {
  readonly now: () => Date;
  readonly words: string;
  readonly orders: string;
  readonly plugins: Pick<PluginCaller<typeof manifest>, 'call'>;
}

export type Published = PublishedEvent<typeof manifest>;
`,
  'events.ts': `import { limitExceeded } from '#events/catalog/notices.ts';
import type { Published } from './services.ts';

export const exceeded = (id: string, data: unknown): Published => ({
  id,
  type: limitExceeded.detailType,
  occurredAt: '2026-11-30T10:00:00.000Z',
  tenant: 'default',
  aggregate: { type: 'notice', id },
  sequence: 1,
  cause: { kind: 'api', id },
  data,
});
`,
  'operations/payment-of.ts': `import * as z from 'zod/mini';
import { remoteOperation } from '#runtime/calls/remote-operation.ts';
import type { OperationContext } from '#runtime/contract/operation.ts';
import type { Services } from '../services.ts';

const getPayment = remoteOperation({
  plugin: 'payment',
  operation: 'getPayment',
  input: z.strictObject({ id: z.string() }),
  output: z.object({ status: z.string() }),
});

export async function statusOf(id: string, context: OperationContext<unknown, Services>): Promise<string> {
  const { body } = await context.services.plugins.call(getPayment, { id }, context);
  return body.status;
}
`,
  'functions/on-payment-succeeded.ts': `import { paymentSucceeded } from '#events/catalog/payment.ts';
import { subscriptionHandler } from '#runtime/adapters/queue.ts';
import { subscription } from '#runtime/contract/subscription.ts';
import { plugin } from '../plugin.ts';
import type { Services } from '../services.ts';

const onPaymentSucceeded = subscription<typeof paymentSucceeded, Services>({
  event: paymentSucceeded,
  async handle({ event, log }) {
    log.info('Paid', { minor: event.data.captured.amountMinor });
  },
});

export const handler = subscriptionHandler(plugin, 'onPaymentSucceeded', onPaymentSucceeded);
`,
  'functions/schedules.ts': `import { scheduleHandler } from '#runtime/adapters/schedule.ts';
import { schedule } from '#runtime/contract/schedule.ts';
import { plugin } from '../plugin.ts';
import type { Services } from '../services.ts';

const tidy = schedule<Services>({ summary: 'Tidies', run: async () => {} });

export const handler = scheduleHandler(plugin, { tidy });
`,
  'functions/acme.ts': `import { webhookHandler } from '#runtime/adapters/webhook.ts';
import { webhook } from '#runtime/contract/webhook.ts';
import { plugin } from '../plugin.ts';
import type { Services } from '../services.ts';

const acme = webhook<Services>({ summary: 'Acme', handle: async () => ({ outcome: 'ignored' }) });

export const handler = webhookHandler(plugin, 'acme', acme);
`,
};

interface Typo {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Where the compiler finds it: the file, and a text in its line; the place of the typo itself when left out. */
  readonly at?: readonly [file: string, text: string];
  /** In the message of the compiler. */
  readonly says: string;
}

const inManifest = ['plugin.ts', '  manifest,'] as const;
const typos: readonly Typo[] = [
  {
    what: 'a table in code',
    file: 'plugin.ts',
    from: `table('orders')`,
    to: `table('order')`,
    says: '"orders"',
  },
  {
    what: 'a key of the configuration',
    file: 'plugin.ts',
    from: 'config.words',
    to: 'config.wrods',
    says: "mean 'words'",
  },
  {
    what: 'the table of a permission',
    file: 'plugin.json',
    from: '"table:orders:read"',
    to: '"table:ordres:read"',
    at: inManifest,
    says: `Did you mean '"table:orders:read"'`,
  },
  {
    what: 'the kind of a permission',
    file: 'plugin.json',
    from: '"table:orders:read"',
    to: '"tabel:orders:read"',
    at: inManifest,
    says: `Did you mean '"table:orders:read"'`,
  },
  {
    what: 'the event of a permission',
    file: 'plugin.json',
    from: 'events:publish:limit.exceeded',
    to: 'events:publish:limits.*',
    at: inManifest,
    says: '"events:publish:limits.*"',
  },
  {
    what: 'the function of a permission',
    file: 'plugin.json',
    from: '"schedules": ["table:orders:write"]',
    to: '"schedule": ["table:orders:write"]',
    at: inManifest,
    says: 'permissions["schedule"]',
  },
  {
    what: 'the operation of a permission',
    file: 'plugin.json',
    from: '"call:payment.getPayment"',
    to: '"call:payment.getPaymet"',
    at: inManifest,
    says: `Did you mean '"call:payment.getPayment"'`,
  },
  {
    what: 'the function of an operation',
    file: 'plugin.json',
    from: '"scope": "shop:read"',
    to: '"scope": "shop:read", "function": "apii"',
    at: inManifest,
    says: `Did you mean '"api"'`,
  },
  {
    what: 'the event of a subscription',
    file: 'plugin.json',
    from: '"payment.succeeded"',
    to: '"payment.suceeded"',
    at: ['functions/on-payment-succeeded.ts', 'subscriptionHandler(plugin'],
    says: '"payment.suceeded"',
  },
  {
    what: 'an event that is published',
    file: 'plugin.json',
    from: '"publishes": [{"type": "limit.exceeded"',
    to: '"publishes": [{"type": "limit.exceded"',
    at: ['events.ts', 'type: limitExceeded'],
    says: '"limit.exceded.v1"',
  },
  {
    what: 'a contract of the catalogue',
    file: 'functions/on-payment-succeeded.ts',
    from: 'import { paymentSucceeded }',
    to: 'import { paymentSuceeded as paymentSucceeded }',
    says: 'paymentSuceeded',
  },
  {
    what: 'a member of an event',
    file: 'functions/on-payment-succeeded.ts',
    from: 'data.captured',
    to: 'data.capturd',
    says: "Did you mean 'captured'",
  },
  {
    what: 'a subscription',
    file: 'functions/on-payment-succeeded.ts',
    from: `'onPaymentSucceeded', on`,
    to: `'onPaymentSuceeded', on`,
    says: '"onPaymentSucceeded"',
  },
  {
    what: 'a schedule',
    file: 'functions/schedules.ts',
    from: '{ tidy }',
    to: '{ tidi: tidy }',
    says: "'tidi'",
  },
  { what: 'a webhook', file: 'functions/acme.ts', from: `'acme', acme`, to: `'acm', acme`, says: '"acme"' },
  {
    what: 'an operation',
    file: 'functions/api.ts',
    from: '{ greet })',
    to: '{ gret: greet })',
    says: 'greet',
  },
  {
    what: 'an operation of another plugin',
    file: 'operations/payment-of.ts',
    from: `operation: 'getPayment'`,
    to: `operation: 'getPaymnt'`,
    at: ['operations/payment-of.ts', 'plugins.call(getPayment'],
    says: '"getPayment"',
  },
  {
    what: 'another plugin',
    file: 'operations/payment-of.ts',
    from: `plugin: 'payment'`,
    to: `plugin: 'payments'`,
    at: ['operations/payment-of.ts', 'plugins.call(getPayment'],
    says: '"payment"',
  },
];

const folderOf = (index: number): string => `plugins/typo-${index}`;

describe('a scaffolded plugin in TypeScript', { timeout: 120_000 }, () => {
  let project: string;
  let output: string;

  /** Errors of the compiler in a folder: file, line, and message with the lines that follow. */
  const errorsIn = (folder: string) =>
    [...output.matchAll(/^(\S+)\((\d+),\d+\): error [^]*?(?=^\S|(?![^]))/gm)]
      .filter(([, file = '']) => file.startsWith(`${folder}/`))
      .map(([text, file = '', line]) => ({ file: file.slice(folder.length + 1), line: Number(line), text }));

  beforeAll(async () => {
    project = copyProject();
    for (const part of ['.oxfmtrc.json'])
      cpSync(join(import.meta.dirname, '../..', part), join(project, part));
    rmSync(join(project, 'plugins/shop'), { recursive: true, force: true });
    expect(await plugins(project, ['new', 'shop'])).toMatchObject({ status: 0 });
    editJson(join(project, 'plugins/shop/plugin.json'), (manifest) => Object.assign(manifest, additions));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(project, 'plugins/shop', name)), { recursive: true });
      writeFileSync(join(project, 'plugins/shop', name), text);
    }
    for (const [index, { file, from, to }] of typos.entries()) {
      cpSync(join(project, 'plugins/shop'), join(project, folderOf(index)), { recursive: true });
      const path = join(project, folderOf(index), file);
      const text = readFileSync(path, 'utf8');
      const plain =
        file === 'plugin.json'
          ? JSON.stringify(JSON.parse(text)).replaceAll(/([:,])(?=["[{])/g, '$1 ')
          : text;
      if (!plain.includes(from)) throw new Error(`${file} has no ${from}: ${plain}`);
      writeFileSync(path, plain.replace(from, to));
    }
    writeTypes(project);
    const config = typecheckOf(project, ['plugins/shop', 'plugins/typo-*/**/*']);
    const tsc = join(project, 'node_modules/.bin/tsc');
    ({ stdout: output } = spawnSync(tsc, ['--noEmit', '--pretty', 'false', '--project', config], {
      cwd: project,
      encoding: 'utf8',
    }));
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it('has no error as it stands', () => {
    expect(errorsIn('plugins/shop')).toEqual([]);
  });

  it.each(typos.map((typo, index) => ({ ...typo, index })))(
    'has $what checked',
    ({ index, file, to, at, says }) => {
      const [place, text] = at ?? [file, to];
      const lines = readFileSync(join(project, folderOf(index), place), 'utf8').split('\n');
      const errors = errorsIn(folderOf(index));
      expect(errors).toContainEqual(
        expect.objectContaining({ file: place, line: lines.findIndex((line) => line.includes(text)) + 1 }),
      );
      expect(errors.map((error) => error.text).join('\n')).toContain(says);
    },
  );
});
