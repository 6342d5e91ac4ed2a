import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type Json, request } from '#testing/client.ts';
import { copyProject } from '#testing/project.ts';
import { type System, startSystem } from '../support/system.ts';
import { manifest } from '../unit/infra/manifest/fixture.ts';

/** A project whose ledger publishes one event in two versions, with a reader of each. */
let project: string;
let system: System;

const functions = { api: { entry: 'functions/api.ts' } };

const contracts = `import * as z from 'zod/mini';
import { eventContract } from './contract.ts';

export const postedInCents = eventContract({
  type: 'ledger.posted', version: '1.0.0', summary: 'An entry was posted.', data: () => z.object({ cents: z.int() }),
});
export const posted = eventContract({
  type: 'ledger.posted', version: '2.0.0', summary: 'An entry was posted.',
  data: () => z.object({ money: z.object({ amountMinor: z.int(), currency: z.string() }) }),
});
`;

const ledger = `import * as z from 'zod/mini';
import { posted, postedInCents } from '#events/catalog/ledger.ts';
import { documentClient } from '#runtime/aws/documents.ts';
import { operation } from '#runtime/contract/operation.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { ok } from '#runtime/contract/reply.ts';
import manifest from './plugin.json' with { type: 'json' };

interface Services { readonly put: (item: Record<string, unknown>) => Promise<unknown> }

export const post = operation({
  summary: 'Posts an entry', input: z.strictObject({ id: z.string(), cents: z.int() }), output: z.object({}),
  errors: {}, idempotency: 'none',
  async run({ input: { id, cents }, services }: { input: { id: string; cents: number }; services: Services }) {
    const envelope = (contract: { detailType: string }, n: number, data: unknown) => ({
      id: id + ':1:' + n, type: contract.detailType, occurredAt: new Date().toISOString(), tenant: 'default',
      aggregate: { type: 'entry', id }, sequence: 1, cause: { kind: 'api', id }, data,
    });
    await services.put({
      PK: id, SK: 'EVT#1',
      events: [
        envelope(postedInCents, 1, { cents }),
        envelope(posted, 2, { money: { amountMinor: cents, currency: 'usd' } }),
      ],
    });
    return ok({});
  },
});

export const plugin = definePlugin({
  manifest, config: z.object({}),
  initialize: (_config, environment): Services => ({
    put: (Item) => documentClient().put({ TableName: environment.table('entries'), Item }),
  }),
});
`;

const api = `import { apiHandler } from '#runtime/adapters/api.ts';
import { plugin, post } from '../plugin.ts';
export const handler = apiHandler(plugin, { post });
`;

const readerPlugin = `import * as z from 'zod/mini';
import { definePlugin } from '#runtime/contract/plugin.ts';
import manifest from './plugin.json' with { type: 'json' };
export const plugin = definePlugin({
  manifest, config: z.object({}), initialize: () => ({}),
});
`;

const onPosted = (contract: string) => `import { subscriptionHandler } from '#runtime/adapters/queue.ts';
import { subscription } from '#runtime/contract/subscription.ts';
import { ${contract} } from '#events/catalog/ledger.ts';
import { plugin } from '../plugin.ts';
const onPosted = subscription({
  event: ${contract},
  async handle({ event, log }) { log.info('Read', { type: event.type, data: event.data }); },
});
export const handler = subscriptionHandler(plugin, 'onPosted', onPosted);
`;

const reader = (name: string, version: string) =>
  manifest(name, {
    functions: { 'on-posted': { entry: 'functions/on-posted.ts' } },
    events: { subscribes: { onPosted: { type: 'ledger.posted', version, function: 'on-posted' } } },
  });

const files = {
  'events/catalog/ledger.ts': contracts,
  'plugins/ledger/plugin.ts': ledger,
  'plugins/ledger/functions/api.ts': api,
  'plugins/ledger/plugin.json': manifest('ledger', {
    functions,
    operations: { post: { http: { method: 'POST', path: '/ledger' }, scope: 'ledger:write' } },
    tables: {
      entries: {
        partitionKey: 'PK',
        sortKey: 'SK',
        stream: { view: 'NEW_IMAGE', relay: { sortKeyPrefix: 'EVT#' } },
      },
    },
    events: {
      publishes: [
        { type: 'ledger.posted', version: '1.0.0' },
        { type: 'ledger.posted', version: '2.0.0' },
      ],
    },
    permissions: { api: ['table:entries:write'], relay: ['events:publish:ledger.posted'] },
  }),
  'plugins/old-reader/plugin.json': reader('old-reader', '^1.0.0'),
  'plugins/old-reader/plugin.ts': readerPlugin,
  'plugins/old-reader/functions/on-posted.ts': onPosted('postedInCents'),
  'plugins/new-reader/plugin.json': reader('new-reader', '^2.0.0'),
  'plugins/new-reader/plugin.ts': readerPlugin,
  'plugins/new-reader/functions/on-posted.ts': onPosted('posted'),
};

function write(name: string, content: string | object): void {
  const file = join(project, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
}

/** What a reader has logged of the events it got. */
async function readBy(name: string): Promise<Json[]> {
  const path = `/dev/invocations?function=anineeplus-local-${name}-on-posted`;
  const { body } = await request(system.url, 'GET', path);
  return body.invocations.flatMap(({ logs }: { logs: string[] }) =>
    logs.flatMap((line) => {
      const { message, type, data } = line.startsWith('{') ? JSON.parse(line) : {};
      return message === 'Read' ? [{ type, data }] : [];
    }),
  );
}

// It runs a project of its own, which no deployed stage has.
describe.skipIf(process.env['BASE_URL']?.startsWith('http'))(
  'two versions of an event side by side',
  { timeout: 300_000 },
  () => {
    beforeAll(async () => {
      project = copyProject();
      for (const name of readdirSync(join(project, 'plugins'))) {
        rmSync(join(project, 'plugins', name), { recursive: true });
      }
      for (const [name, content] of Object.entries(files)) write(name, content);
      const index = join(project, 'events/catalog/index.ts');
      const catalog = readFileSync(index, 'utf8').replace(
        /^];$/m,
        '  ledger.postedInCents,\n  ledger.posted,\n];',
      );
      writeFileSync(index, `import * as ledger from './ledger.ts';\n${catalog}`);
      const exported = spawnSync(process.execPath, ['events/export.ts'], { cwd: project, encoding: 'utf8' });
      expect(exported.stderr).toBe('');
      system = await startSystem({ cwd: project });
    }, 300_000);
    afterAll(async () => {
      await system?.stop();
      rmSync(project, { recursive: true, force: true });
    });

    it('have a schema each', () => {
      const schemas = readdirSync(join(project, 'events/schemas')).filter((name) =>
        name.startsWith('ledger.'),
      );
      expect(schemas.sort()).toEqual(['ledger.posted.v1.json', 'ledger.posted.v2.json']);
    });

    it('reach the subscriber of each, and it alone', async () => {
      const { status } = await request(system.url, 'POST', '/ledger', { body: { id: 'e1', cents: 250 } });
      expect(status, system.output()).toBe(200);
      const read = await eventually(
        async () => ({ old: await readBy('old-reader'), new: await readBy('new-reader') }),
        (all) => all.old.length > 0 && all.new.length > 0,
        30_000,
      );
      expect(read).toEqual({
        old: [{ type: 'ledger.posted.v1', data: { cents: 250 } }],
        new: [{ type: 'ledger.posted.v2', data: { money: { amountMinor: 250, currency: 'usd' } } }],
      });
      const { body } = await request(system.url, 'GET', '/dev/events');
      const types = body.events.map((event: Json) => event.detailType);
      expect(types.toSorted()).toEqual(['ledger.posted.v1', 'ledger.posted.v2']);
    });
  },
);
