import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ClientError, GraphQLClient, gql } from 'graphql-request';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type System, startSystem } from '../support/system.ts';

/** The API through clients of others: one generated from the OpenAPI document, and one for GraphQL. */
const root = join(import.meta.dirname, '../..');
const tools = join(root, 'test/clients/node_modules');
const run = promisify(execFile);

let system: System;
let folder: string;
beforeAll(async () => {
  system = await startSystem();
  folder = mkdtempSync(join(tmpdir(), 'anineeplus-clients-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const document = await (await fetch(`${system.url}/openapi.json`)).text();
  writeFileSync(join(folder, 'openapi.json'), document);
  const generator = join(tools, 'openapi-typescript/bin/cli.js');
  await run(process.execPath, [generator, 'openapi.json', '-o', 'openapi.d.ts'], { cwd: folder });
});
afterAll(async () => {
  await system?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** What a shop may write, with the types that were generated. */
const shop = `import createClient from 'openapi-fetch';
import type { components, paths } from './openapi.d.ts';

const api = createClient<paths>({ baseUrl: process.argv[2] ?? '' });
const created = await api.POST('/payments', {
  params: { header: { 'Idempotency-Key': crypto.randomUUID() } },
  body: { amount: 19.99, currency: 'usd', confirm: true, paymentMethodId: 'pm_card_visa', captureMethod: 'automatic' },
});
if (created.data === undefined) throw new Error(created.error.code);
const { id, status }: components['schemas']['Payment'] = created.data;
const wanted: components['schemas']['PaymentStatus'][] = ['succeeded', 'canceled'];
const listed = await api.GET('/payments', { params: { query: { status: wanted, limit: 10 } } });
const read = await api.GET('/payments/{id}', { params: { path: { id } } });
const refunded = await api.POST('/payments/{id}/refunds', {
  params: { path: { id } },
  body: { amountMinor: 999, reason: 'requested_by_customer' },
});
const missing = await api.GET('/payments/{id}', { params: { path: { id: 'pay_nothing' } } });
console.log(
  JSON.stringify({
    id,
    status,
    listed: listed.data?.payments.map((payment) => payment.id),
    read: read.data?.amountMinor,
    refunded: refunded.data?.amountMinor,
    missing: missing.error?.code,
  }),
);
`;

/** Compiles all sources at once. @returns what the compiler says of each of them */
async function compile(sources: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  for (const [name, source] of Object.entries(sources)) writeFileSync(join(folder, name), source);
  const flags =
    '--noEmit --strict --skipLibCheck --target es2024 --module nodenext --allowImportingTsExtensions';
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
  const args = [join(tools, 'typescript/bin/tsc'), ...flags.split(' '), ...types, ...Object.keys(sources)];
  const said = await run(process.execPath, args, { cwd: folder })
    .then(({ stdout }) => stdout)
    .catch((error: { stdout: string }) => error.stdout);
  const of = (name: string) => said.split('\n').filter((line) => line.startsWith(`${name}(`));
  return Object.fromEntries(Object.keys(sources).map((name) => [name, of(name).join('\n')]));
}

describe('a client generated from the OpenAPI document', () => {
  it('compiles, and refuses what the API would', { timeout: 180_000 }, async () => {
    const said = await compile({
      'shop.ts': shop,
      'status.ts': shop.replace("'canceled'", "'paid'"),
      'amount.ts': shop.replace('amountMinor: 999', "amountMinor: '999'"),
    });
    expect(said).toEqual({
      'shop.ts': '',
      'status.ts': expect.stringContaining('"paid"'),
      'amount.ts': expect.stringContaining("'number'"),
    });
  });

  it('creates, lists, reads and refunds', async () => {
    writeFileSync(join(folder, 'shop.ts'), shop);
    const { stdout } = await run(process.execPath, ['shop.ts', system.url], { cwd: folder });
    const { id, ...rest } = JSON.parse(stdout) as { id: string };
    expect(rest).toEqual({
      status: 'succeeded',
      listed: expect.arrayContaining([id]),
      read: 1999,
      refunded: 999,
      missing: 'payment-not-found',
    });
  });
});

describe('a GraphQL client', () => {
  const client = () => new GraphQLClient(`${system.url}/graphql`);
  const create = (amount: string, type: string) => gql`mutation ($a: ${type}, $c: CaptureMethod, $m: ID) {
      createPayment(${amount}: $a, currency: "eur", captureMethod: $c, paymentMethodId: $m, confirm: true) {
        id status amount amountMinor captureMethod createdAt
      }
    }`;
  const card = { c: 'manual', m: 'pm_card_visa' };

  it.each([
    ['amount', 'Float!', 19.99, 1999],
    ['amount', 'Int!', 20, 2000],
    ['amountText', 'Decimal!', '20.10', 2010],
    ['amountMinor', 'Int!', 2020, 2020],
  ])('declares %s as %s', async (name, type, given, amountMinor) => {
    const { createPayment } = await client().request<{ createPayment: Record<string, unknown> }>(
      create(name, type),
      { a: given, ...card },
    );
    expect(createPayment).toMatchObject({ status: 'authorized', amountMinor, captureMethod: 'manual' });
  });

  it('captures, refunds and lists with ids, enums and times as variables', async () => {
    const { createPayment } = await client().request<{ createPayment: { id: string; createdAt: string } }>(
      create('amount', 'Float!'),
      { a: 40, ...card },
    );
    const { id, createdAt } = createPayment;
    const capture = gql`
      mutation ($id: ID!, $a: Float!) {
        capturePayment(id: $id, amount: $a) {
          capturedMinor
        }
      }
    `;
    expect(await client().request(capture, { id, a: 30.5 })).toEqual({
      capturePayment: { capturedMinor: 3050 },
    });
    const refund = gql`
      mutation ($id: ID!, $a: Float!, $r: RefundReason) {
        createRefund(id: $id, amount: $a, reason: $r) {
          amount
          status
        }
      }
    `;
    expect(await client().request(refund, { id, a: 0.1, r: 'duplicate' })).toEqual({
      createRefund: { amount: 0.1, status: 'succeeded' },
    });
    const list = gql`
      query ($s: [PaymentStatus!], $from: DateTime) {
        payments(status: $s, from: $from) {
          payments {
            id
          }
        }
      }
    `;
    const statuses = { s: ['succeeded', 'canceled'], from: createdAt };
    expect(await client().request(list, statuses)).toMatchObject({
      payments: { payments: expect.arrayContaining([{ id }]) },
    });
  });

  it('reads why an amount is refused', async () => {
    const codeOf = async (given: Record<string, unknown>, query: string) => {
      const error: unknown = await client()
        .request(query, given)
        .catch((reason: unknown) => reason);
      if (!(error instanceof ClientError)) throw new Error('it was not refused');
      return error.response.errors?.[0]?.extensions['code'];
    };
    expect(await codeOf({ a: 19.999, ...card }, create('amount', 'Float!'))).toBe('amount-precision');
    const twice = gql`
      mutation ($a: Float!, $t: Decimal!) {
        createPayment(amount: $a, amountText: $t, currency: "eur") {
          id
        }
      }
    `;
    expect(await codeOf({ a: 1, t: '1' }, twice)).toBe('invalid-request');
  });
});
