import { afterEach, beforeEach, expect, it } from 'vitest';
import { failure, NO_REDIRECTS, raw, startSandbox, stripeAt } from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const params = { amount: 1000, currency: 'usd' };
const FORM = 'amount=1000&currency=usd';
const post = (form: string, key: string, path = '/v1/payment_intents') =>
  raw(sandbox.origin, 'POST', path, form, { 'idempotency-key': key });
const intents = async () => (await sandbox.stripe.paymentIntents.list({ limit: 100 })).data.length;

it('replays an answer, whatever the order of the parameters', async () => {
  const first = await post(FORM, 'key');
  const second = await post('currency=usd&amount=1000', 'key');
  expect(second).toMatchObject({ status: 200, body: first.body });
  expect(first.headers.get('idempotent-replayed')).toBeNull();
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  expect(second.headers.get('original-request')).toBe(first.headers.get('request-id'));
  expect(second.headers.get('request-id')).not.toBe(first.headers.get('request-id'));
  expect(await intents()).toBe(1);
  const { requests } = (await sandbox.control('GET', 'requests?method=POST&idempotencyKey=key')).body;
  expect(requests.map(({ replayed }) => replayed)).toEqual([false, true]);
});

it('replays a decline instead of trying again', async () => {
  const declined = {
    ...params,
    confirm: true,
    payment_method: 'pm_card_chargeDeclined',
    automatic_payment_methods: NO_REDIRECTS,
  };
  const one = await failure(sandbox.stripe.paymentIntents.create(declined, { idempotencyKey: 'd' }));
  const two = await failure(sandbox.stripe.paymentIntents.create(declined, { idempotencyKey: 'd' }));
  expect(two.payment_intent?.id).toBe(one.payment_intent?.id);
  expect(two.headers?.['idempotent-replayed']).toBe('true');
  expect(await intents()).toBe(1);
});

it('does not remember refused parameters', async () => {
  expect((await post('amount=1&currency=usd', 'key')).status).toBe(400);
  expect((await post(FORM, 'key')).status).toBe(200);
});

it('refuses the key for other parameters and other endpoints', async () => {
  const { body } = await post(FORM, 'key');
  const other = await failure(
    sandbox.stripe.paymentIntents.create({ ...params, amount: 1001 }, { idempotencyKey: 'key' }),
  );
  expect(other).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
  const elsewhere = await post('', 'key', `/v1/payment_intents/${body.id}/cancel`);
  expect(elsewhere).toMatchObject({ status: 400, body: { error: { type: 'idempotency_error' } } });
  expect((await post(FORM, 'k'.repeat(256))).status).toBe(400);
});

it('answers 409 while the first request runs, and the retrying SDK gets its answer', async () => {
  await sandbox.control('POST', 'faults', { method: 'POST', delayMs: 300 });
  const first = post(FORM, 'key');
  const logged = () => sandbox.control('GET', 'faults');
  while ((await logged()).body.faults.length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await post(FORM, 'key')).toMatchObject({
    status: 409,
    body: { error: { code: 'idempotency_key_in_use' } },
  });
  const retried = await stripeAt(sandbox.origin, undefined, 5).paymentIntents.create(params, {
    idempotencyKey: 'key',
  });
  expect(retried.id).toBe((await first).body.id);
  expect(await intents()).toBe(1);
});

it('acts once for twenty parallel requests', async () => {
  const stripe = stripeAt(sandbox.origin, undefined, 5);
  const made = await Promise.all(
    Array.from({ length: 20 }, () => stripe.paymentIntents.create(params, { idempotencyKey: 'same' })),
  );
  expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  expect(await intents()).toBe(1);
});

it('forgets a key after 24 hours', async () => {
  const first = await post(FORM, 'key');
  await sandbox.control('POST', 'clock', { advance: '23h' });
  expect((await post(FORM, 'key')).body.id).toBe(first.body.id);
  await sandbox.control('POST', 'clock', { advance: '1h' });
  expect((await post(FORM, 'key')).body.id).not.toBe(first.body.id);
});
