import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { controlAt, receiver } from '../support.ts';
import { caller, CREDENTIALS, orderBody, tokenAt, WEBHOOK_ID } from './support.ts';

const ENTRY = join(import.meta.dirname, '../../../../../../plugins/payment/sandbox/paypal/main.ts');
let stateDir = '';
const children: ChildProcess[] = [];

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'paypal-sandbox-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  await rm(stateDir, { recursive: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function start(webhookUrl?: string) {
  const config = {
    'paypal.clientId': CREDENTIALS.clientId,
    'paypal.clientSecret': CREDENTIALS.clientSecret,
    'paypal.webhookId': WEBHOOK_ID,
  };
  const child = spawn(process.execPath, [ENTRY], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      SANDBOX_PORT: '0',
      SANDBOX_STATE_DIR: stateDir,
      SANDBOX_CONFIG: JSON.stringify(config),
      SANDBOX_WEBHOOK_URLS: JSON.stringify(webhookUrl === undefined ? {} : { paypal: webhookUrl }),
    },
  });
  children.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const origin = `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`;
  return { child, origin, call: await caller(origin), control: controlAt(origin) };
}

it('remembers everything after kill -9, and delivers what was still to be delivered', async () => {
  const endpoint = await receiver();
  const first = await start(endpoint.url);
  await first.control('POST', 'webhooks', { mode: 'hold' });
  const create = { 'paypal-request-id': 'create' };
  const body = orderBody('AUTHORIZE');
  const order = (await first.call('POST', '/v2/checkout/orders', body, create)).body;
  await first.control('POST', `orders/${order.id}/approve`, { outcome: 'review' });
  const path = `/v2/checkout/orders/${order.id}/authorize`;
  const paid = await first.call('POST', path, {}, { 'paypal-request-id': 'pay' });
  const held = paid.body.purchase_units[0]?.payments.authorizations[0]?.id;
  await first.control('POST', 'faults', { path: 'nothing', status: 503 });
  const token = await tokenAt(first.origin);
  const signing = (await first.control('GET', 'signing')).body;
  await kill(first.child);
  expect(endpoint.received).toHaveLength(0);

  const second = await start(endpoint.url);
  const again = await second.call('POST', path, {}, { 'paypal-request-id': 'pay' });
  expect(again.status).toBe(200);
  expect(again.body.purchase_units[0]?.payments.authorizations).toMatchObject([{ id: held }]);
  expect((await second.call('POST', '/v2/checkout/orders', body, create)).body.id).toBe(order.id);
  expect((await second.control('GET', 'faults')).body.faults).toHaveLength(1);
  const { certUrl: _, ...keys } = (await second.control('GET', 'signing')).body;
  expect(signing).toMatchObject(keys);
  const authorization = `Bearer ${token}`;
  const url = `${second.origin}/v2/payments/authorizations/${held}`;
  expect((await fetch(url, { headers: { authorization } })).status).toBe(200);
  await second.control('POST', 'webhooks/flush');
  await vi.waitFor(() => expect(endpoint.received).toHaveLength(3), 5000);
  const captured = await second.call('POST', `/v2/payments/authorizations/${held}/capture`, {});
  expect(captured.body.status).toBe('PENDING');
  await second.control('POST', 'clock', { advance: '29d' });
  expect((await second.call('GET', `/v2/payments/authorizations/${held}`)).body.status).toBe('CAPTURED');
  await endpoint.close();
});

it('does after kill -9 what fell due meanwhile', async () => {
  const first = await start();
  const { id } = (await first.call('POST', '/v2/checkout/orders', orderBody('CAPTURE', '100.03'))).body;
  await first.control('POST', `orders/${id}/approve`);
  const paid = await first.call('POST', `/v2/checkout/orders/${id}/capture`);
  const capture = paid.body.purchase_units[0]?.payments.captures[0];
  expect(capture?.status).toBe('PENDING');
  await kill(first.child);
  const second = await start();
  await vi.waitFor(async () => {
    const { body } = await second.call('GET', `/v2/payments/captures/${capture?.id}`);
    expect(body.status).toBe('COMPLETED');
  }, 10_000);
});

it.each(['stdin', 'SIGTERM'])('ends by itself on %s', async (how) => {
  const { child } = await start();
  const exited = once(child, 'exit');
  if (how === 'stdin') child.stdin?.end();
  else child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});
