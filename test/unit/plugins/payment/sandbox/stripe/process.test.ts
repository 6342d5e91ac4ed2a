import { Stripe } from 'stripe';
import { expect, it, vi } from 'vitest';
import { processesOf } from '../process.ts';
import { controlAt, NO_REDIRECTS, receiver, SECRET_KEY, stripeAt, WEBHOOK_SECRET } from './support.ts';

const processes = processesOf('stripe', {
  'stripe.secretKey': SECRET_KEY,
  'stripe.webhookSecret': WEBHOOK_SECRET,
});

async function start(webhookUrl?: string) {
  const { child, origin } = await processes.start(webhookUrl);
  return { child, stripe: stripeAt(origin), control: controlAt(origin) };
}

it('remembers everything after kill -9, and delivers what was still to be delivered', async () => {
  const endpoint = await receiver();
  const first = await start(endpoint.url);
  await first.control('POST', 'webhooks', { mode: 'auto', delayMs: 600_000 });
  const params = {
    amount: 1000,
    currency: 'usd',
    confirm: true,
    capture_method: 'manual',
    payment_method: 'pm_card_visa',
    automatic_payment_methods: NO_REDIRECTS,
  } as const;
  const held = await first.stripe.paymentIntents.create(params, { idempotencyKey: 'k' });
  await first.control('POST', 'faults', { path: 'capture', status: 503 });
  await first.control('POST', 'clock', { advance: '1d' });
  await processes.kill(first.child);
  expect(endpoint.received).toHaveLength(0);

  const second = await start(endpoint.url);
  const replayed = await second.stripe.paymentIntents.create(params, { idempotencyKey: 'k' });
  expect(replayed.id).not.toBe(held.id); // the clock had gone on by a day, so the key was forgotten
  expect((await second.control('GET', 'faults')).body.faults).toHaveLength(1);
  await second.control('DELETE', 'faults');
  await second.control('POST', 'webhooks/flush');
  await vi.waitFor(() => expect(endpoint.received.length).toBe(6), 5000);
  for (const { body, signature } of endpoint.received)
    Stripe.webhooks.constructEvent(body, signature, WEBHOOK_SECRET);
  expect((await second.stripe.paymentIntents.capture(held.id)).status).toBe('succeeded');
  await second.control('POST', 'clock', { advance: '7d' });
  expect((await second.stripe.paymentIntents.retrieve(replayed.id)).cancellation_reason).toBe('expired');
  await endpoint.close();
});

it('replays an idempotency key after kill -9', async () => {
  const first = await start();
  const made = await first.stripe.paymentIntents.create(
    { amount: 1000, currency: 'usd' },
    { idempotencyKey: 'k' },
  );
  await processes.kill(first.child);
  const second = await start();
  const again = await second.stripe.paymentIntents.create(
    { amount: 1000, currency: 'usd' },
    { idempotencyKey: 'k' },
  );
  expect(again.id).toBe(made.id);
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
});

it('resumes a failed delivery after kill -9 without being asked', async () => {
  let status = 503;
  const endpoint = await receiver(() => status);
  const first = await start(endpoint.url);
  await first.stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
  await vi.waitFor(() => expect(endpoint.received.length).toBeGreaterThan(0), 5000);
  await processes.kill(first.child);
  status = 200;
  const second = await start(endpoint.url);
  await vi.waitFor(async () => {
    expect((await second.control('GET', 'webhooks')).body.deliveries).toMatchObject([{ state: 'delivered' }]);
  }, 20_000);
  await endpoint.close();
});
