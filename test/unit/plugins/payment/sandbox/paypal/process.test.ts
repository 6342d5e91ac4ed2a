import { expect, it, vi } from 'vitest';
import { processesOf } from '../process.ts';
import { controlAt, receiver } from '../support.ts';
import { caller, CREDENTIALS, orderBody, tokenAt, WEBHOOK_ID } from './support.ts';

const processes = processesOf('paypal', {
  'paypal.clientId': CREDENTIALS.clientId,
  'paypal.clientSecret': CREDENTIALS.clientSecret,
  'paypal.webhookId': WEBHOOK_ID,
});

async function start(webhookUrl?: string) {
  const { child, origin } = await processes.start(webhookUrl);
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
  await processes.kill(first.child);
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
  await processes.kill(first.child);
  const second = await start();
  await vi.waitFor(async () => {
    const { body } = await second.call('GET', `/v2/payments/captures/${capture?.id}`);
    expect(body.status).toBe('COMPLETED');
  }, 10_000);
});
