import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { rmSync } from 'node:fs';
import { bundle, handlerOf, type BundleRequest } from '#infra/bundling/bundle.ts';
import { platformRoot } from '#infra/bundling/platform-imports.ts';
import { scratchDir } from '#infra/bundling/scratch.ts';

const run = promisify(execFile);
// Inside the repository, where packages resolve.
const base = join(import.meta.dirname, '.bundle-fixtures');
let root: string;
let count = 0;

beforeEach(() => {
  count += 1;
  root = join(base, String(count));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, code] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), code);
  }
}

const build = (request: Partial<BundleRequest> = {}) =>
  bundle({ name: 'sample', root, entries: ['functions/api.ts'], outDir: scratchDir('bundle'), ...request });

/** What a fresh process sees of a built handler. */
async function callIn(dir: string): Promise<unknown> {
  const code = `
    const { handler } = await import(${JSON.stringify(join(dir, 'functions/api.mjs'))});
    const undici = process.moduleLoadList.some((name) => name.includes('undici'));
    console.log(JSON.stringify({ undici, answer: await handler() }));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code]);
  return JSON.parse(stdout);
}

test('an entry module is loaded once what the runtime began is done', async () => {
  write({
    'runtime.ts': `export const state = { ready: false };
      globalThis[Symbol.for('anineeplus.init')] =
        new Promise((resolve) => setTimeout(() => { state.ready = true; resolve(); }, 20));`,
    'functions/api.ts': `import { state } from '../runtime.ts';
      export const handler = () => state.ready;`,
    'functions/other.js': `export const handler = () => 'js';`,
  });
  const { dir } = await build({ entries: ['functions/api.ts', 'functions/other.js'] });
  expect(await callIn(dir)).toMatchObject({ answer: true });
});

describe('built-ins', () => {
  test('are read where they are imported, and no more of them', async () => {
    write({
      'functions/api.ts': `import { promisify } from 'node:util';
        export const handler = () => [typeof promisify, process.moduleLoadList.some((name) => name.endsWith('util/diff'))];`,
    });
    const { dir } = await build();
    expect(await callIn(dir)).toEqual({ undici: false, answer: ['function', false] });
  });

  test('work however they are imported, and load no undici', async () => {
    write({
      'cjs.cjs': `const http = require('http'); const { join } = require('node:path');
        module.exports = () => [typeof http.request, join('a', 'b')];`,
      'functions/api.ts': `
        import http, { request } from 'node:http';
        import * as fs from 'fs';
        import { promises } from 'node:fs';
        import EventEmitter from 'events';
        import cjs from '../cjs.cjs';
        class Emitter extends EventEmitter {}
        export const handler = async () => [
          typeof http.request, request === http.request, typeof fs.readFileSync, typeof promises.readFile,
          typeof new Emitter().emit, cjs(),
          typeof (await import('node:crypto')).createHash, typeof (await import('node:http')).default.request,
        ];`,
    });
    const { dir } = await build();
    expect(await callIn(dir)).toEqual({
      undici: false,
      answer: [
        'function',
        true,
        'function',
        'function',
        'function',
        ['function', 'a/b'],
        'function',
        'function',
      ],
    });
  });
});

describe('pruning', () => {
  const stripe = `import Stripe from 'stripe';
    const stripe = new Stripe('sk_test_x');
    export const handler = async () => [
      typeof stripe.paymentIntents.create, typeof stripe.balance.retrieve, typeof stripe.customers.create,
      typeof stripe.checkout,
    ];`;

  test('keeps what is listed and empties the rest', async () => {
    write({ 'functions/api.ts': stripe });
    const whole = await build();
    const pruned = await build({ keep: { stripe: ['PaymentIntents', 'Balance'] } });
    expect(await callIn(pruned.dir)).toMatchObject({
      answer: ['function', 'function', 'undefined', 'object'],
    });
    expect(pruned.sizes[0]?.bytes).toBeLessThan(0.6 * (whole.sizes[0]?.bytes ?? 0));
  });

  test('empties the rest of a package that is linked, too', async () => {
    write({ 'functions/api.ts': stripe });
    mkdirSync(join(root, 'node_modules'));
    symlinkSync(join(platformRoot, 'node_modules/stripe'), join(root, 'node_modules/stripe'));
    const { dir } = await build({ keep: { stripe: ['PaymentIntents', 'Balance'] } });
    expect(await callIn(dir)).toMatchObject({ answer: ['function', 'function', 'undefined', 'object'] });
  });

  test('keeps a nested resource together with its index', async () => {
    write({
      'functions/api.ts': stripe.replace('typeof stripe.checkout', 'typeof stripe.checkout.sessions.create'),
    });
    const { dir } = await build({ keep: { stripe: ['Checkout/Sessions', 'PaymentIntents', 'Balance'] } });
    expect(await callIn(dir)).toMatchObject({ answer: ['function', 'function', 'undefined', 'function'] });
  });

  test.each([
    [{ stripe: ['PaymentIntent'] }, /"PaymentIntent", which is not in stripe.*did you mean.*PaymentIntents/],
    [{ 'no-such-package': ['A'] }, /"no-such-package", which is not installed/],
    [{ graphql: ['A'] }, /cannot prune "graphql"/],
  ])('refuses %j', async (keep, message) => {
    write({ 'functions/api.ts': stripe });
    await expect(build({ keep })).rejects.toThrow(message);
  });
});

describe('what may not be shipped', () => {
  test('full zod, with who imported it', async () => {
    write({
      'lib.ts': `import { z } from 'zod'; export const schema = z.object({ a: z.string() });`,
      'functions/api.ts': `import { schema } from '../lib.ts'; export const handler = () => schema.parse({});`,
    });
    await expect(build()).rejects.toThrow(
      /sample: the bundle contains full zod.*zod\/mini.*functions\/api\.ts -> .*lib\.ts/,
    );
  });

  test('zod/mini may', async () => {
    write({
      'functions/api.ts': `import * as z from 'zod/mini'; const s = z.object({ a: z.string() });
        export const handler = async () => s.safeParse({}).success;`,
    });
    const { dir } = await build();
    expect(await callIn(dir)).toEqual({ undici: false, answer: false });
  });

  test.each([
    ['undici', /contains undici/],
    ['aws-xray-sdk-core', /contains the X-Ray SDK/],
  ])('%s', async (name, message) => {
    write({
      [`node_modules/${name}/package.json`]: `{ "name": "${name}", "version": "1.0.0", "main": "index.js" }`,
      [`node_modules/${name}/index.js`]: `exports.x = () => 1;`,
      'functions/api.ts': `import { x } from '${name}'; export const handler = () => x();`,
    });
    await expect(build()).rejects.toThrow(message);
  });

  test('code that does not compile, as one readable error', async () => {
    write({ 'functions/api.ts': `import { x } from './missing.ts'; export const handler = () => x;` });
    await expect(build()).rejects.toThrow(/sample: .*\n.*api\.ts:1:\d+.*missing\.ts/);
  });
});

describe('output', () => {
  test('is the same for the same input, wherever it is written', async () => {
    write({
      'shared.ts': `export const shared = () => 'shared';`,
      'functions/api.ts': `import { shared } from '../shared.ts'; export const handler = shared;`,
      'functions/other.ts': `import { shared } from '../shared.ts'; export const handler = () => shared() + 1;`,
    });
    const entries = ['functions/api.ts', 'functions/other.ts'];
    const [first, second] = [await build({ entries }), await build({ entries })];
    const read = (dir: string) =>
      readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.mjs'))
        .sort()
        .map((name) => [name, readFileSync(join(dir, name), 'utf8')]);
    expect(read(first.dir)).toEqual(read(second.dir));
    const functions = read(first.dir).filter(([name = '']) => name.startsWith('functions/'));
    expect(functions).toHaveLength(2);
  });

  test('counts what init evaluates, and not what is loaded later', async () => {
    write({
      'later.ts': `export const later = '${'x'.repeat(5000)}';`,
      'functions/api.ts': `export const handler = async () => (await import('../later.ts')).later;`,
    });
    const { sizes } = await build();
    expect(sizes).toHaveLength(1);
    expect(sizes[0]?.bytes).toBeLessThan(1000);
  });

  test('a handler string follows from the entry', () => {
    expect(handlerOf('functions/api.ts')).toBe('functions/api.handler');
    expect(handlerOf('main.mjs')).toBe('main.handler');
  });
});

describe('a plugin that is an npm package', () => {
  const inPackage = (files: Readonly<Record<string, string>>, more: object = {}) => {
    const folder = 'node_modules/@acme/parcel';
    const own = {
      'package.json': JSON.stringify({ name: '@acme/parcel', type: 'module', ...more }),
      ...files,
    };
    write(Object.fromEntries(Object.entries(own).map(([name, text]) => [`${folder}/${name}`, text])));
    return build({ root: join(root, folder) });
  };

  test('imports what the platform exports, and what its own package maps', async () => {
    const { dir } = await inPackage(
      {
        'functions/api.ts': `
          import { ok } from '@anineeplus/plugins/runtime';
          import { catalog } from '@anineeplus/plugins/events';
          import { one } from '#runtime/one.ts';
          export const handler = async () => ok([one, catalog.length > 0]);`,
        'own/one.ts': 'export const one: number = 1;',
      },
      { imports: { '#runtime/*': './own/*' } },
    );
    expect(await callIn(dir)).toMatchObject({ answer: { status: 200, body: [1, true] } });
  });

  test.each([
    '#runtime/contract/reply.ts',
    '#events/catalog/index.ts',
    '@anineeplus/plugins/functions/runtime/aws/documents.ts',
  ])('is told what there is to import when it imports %s', async (specifier) => {
    const built = inPackage({
      'functions/api.ts': `import * as all from '${specifier}'; export const handler = () => all;`,
    });
    await expect(built).rejects.toThrow(
      `"${specifier}" is not exported to packages: import @anineeplus/plugins/runtime and @anineeplus/plugins/events alone`,
    );
    await expect(built).rejects.toThrow('node_modules/@acme/parcel/functions/api.ts:1');
  });
});
