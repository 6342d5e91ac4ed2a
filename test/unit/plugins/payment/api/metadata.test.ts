import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, startBench } from '../bench.ts';
import { type PayPalBench, startPayPalBench } from '../paypal-bench.ts';

let stripe: Bench;
let paypal: PayPalBench;
beforeAll(async () => {
  [stripe, paypal] = await Promise.all([startBench(), startPayPalBench()]);
});
afterAll(() => Promise.all([stripe?.stop(), paypal?.stop()]));

const metadata = {
  ключ: 'значение',
  鍵: '值',
  'with space & =': '50 % + 1',
  'a.b': '',
  '😀': '👩‍👩‍👧',
  ' ': 'x',
  ['ж'.repeat(40)]: '😀'.repeat(250),
};
const usd = (given: object) => ({ amount: 10, currency: 'usd', metadata: given });
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, `v${i}`]));

describe('metadata in any script', () => {
  it.each([
    ['Stripe', () => stripe],
    ['PayPal', () => paypal],
  ])('is read back as it was given: %s', async (_, benchOf) => {
    const bench = benchOf();
    const { status, body } = await bench.call('createPayment', usd(metadata));
    expect({ status, metadata: body.metadata }).toEqual({ status: 201, metadata });
    const read = await bench.call('getPayment', { id: body.id });
    expect(read.body.metadata).toEqual(metadata);
  });

  it('reaches Stripe key by key', async () => {
    const { body } = await stripe.call('createPayment', usd(metadata));
    const { 'a.b': _empty, ...kept } = metadata;
    // An empty value takes a key away at Stripe.
    expect((await stripe.stripe().paymentIntents.retrieve(body.providerRef ?? '')).metadata).toEqual({
      ...kept,
      payment_id: body.id,
      anineeplus_deployment: expect.any(String),
    });
  });

  it('comes back in the events of Stripe', async () => {
    const { body } = await stripe.call('createPayment', usd(metadata));
    const intent = await stripe.stripe().paymentIntents.retrieve(body.providerRef ?? '');
    expect(Object.keys(intent.metadata)).toContain('ключ');
    const event = stripe.event('payment_intent.succeeded', { ...intent });
    expect(await stripe.deliver(event)).toMatchObject({ outcome: 'processed' });
    expect((await stripe.call('getPayment', { id: body.id })).body.metadata).toEqual(metadata);
  });

  it('leaves room at Stripe for what we write there', async () => {
    const given = { ...usd(many(45)), orderReference: 'order-of-45' };
    const { status, body } = await stripe.call('createPayment', given);
    expect([status, Object.keys(body.metadata)]).toEqual([201, Object.keys(many(45))]);
  });

  it.each([
    ['46 keys', many(46), 'metadata', 'must have at most 45 keys'],
    [
      'a key of 41 characters',
      { ['k'.repeat(41)]: '' },
      `metadata["${'k'.repeat(40)}..."]`,
      'has a name that must have a length of at most 40 characters, counted as UTF-16 code units',
    ],
    [
      'a key of 21 emoji',
      { ['😀'.repeat(21)]: '' },
      `metadata["${'😀'.repeat(21)}"]`,
      'has a name that must have a length of at most 40 characters, counted as UTF-16 code units',
    ],
    ['no key', { '': 'x' }, 'metadata[""]', 'has a name that must have a length of at least 1'],
    [
      'brackets',
      { 'a[b]': 'x' },
      'metadata["a[b]"]',
      'has a name that must hold no control characters and no [ or ]',
    ],
    [
      'a control character',
      { 'a\tb': 'x' },
      String.raw`metadata["a\tb"]`,
      'has a name that must hold no control characters and no [ or ]',
    ],
    [
      'a value of 251 emoji',
      { a: '😀'.repeat(251) },
      'metadata.a',
      'must have a length of at most 500 characters, counted as UTF-16 code units',
    ],
  ])('is refused with its rule: %s', async (_, given, path, message) => {
    const { status, problem } = await stripe.call('createPayment', usd(given));
    expect(status).toBe(400);
    expect(problem?.extensions['errors']).toEqual([{ path, message }]);
  });

  it.each([
    'payment_id',
    'order_reference',
    'refund_id',
    'customer_id',
    'subscription_id',
    'anineeplus_deployment',
  ])('keeps %s for us', async (key) => {
    const { problem } = await stripe.call('createPayment', usd({ [key]: 'x' }));
    expect(problem?.detail).toBe(`The metadata key ${key} is reserved.`);
  });
});

describe('the Stripe sandbox', () => {
  const update = (given: Record<string, string>) =>
    stripe.stripe().paymentIntents.create({ amount: 1000, currency: 'usd', metadata: given });

  it.each([
    ['50 keys', many(50)],
    ['a key of 40 letters', { ['ж'.repeat(40)]: 'x' }],
    ['a value of 250 emoji', { a: '😀'.repeat(250) }],
  ])('takes %s', async (_, given) => {
    expect((await update(given)).metadata).toEqual(given);
  });

  it.each([
    ['51 keys', many(51)],
    ['a key of 41 letters', { ['ж'.repeat(41)]: 'x' }],
    ['a control character', { 'a\tb': 'x' }],
    ['brackets', { 'a[b': 'x' }],
    ['a value of 251 emoji', { a: '😀'.repeat(251) }],
  ])('refuses %s', async (_, given) => {
    await expect(update(given)).rejects.toMatchObject({ type: 'StripeInvalidRequestError' });
  });
});
