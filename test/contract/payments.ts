import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Snapshot } from '../../plugins/payment/payments/model/snapshot.ts';
import type { Group } from './under-test.ts';
import { call, failsAs, kitOf } from './under-test.ts';

/** Payments from their creation to their end. */
export const payments: Group = (given) => {
  const { advance, pay, requestOf } = kitOf(given);

  it('creates an object that names our payment and waits for the payer', async () => {
    const { provider, currency } = given();
    const request = requestOf();
    const snapshot = await provider.create(request, call());
    expect(snapshot).toMatchObject({
      ref: expect.any(String),
      status: 'requires_action',
      paymentId: request.paymentId,
      amountMinor: 2500,
      currency,
      livemode: provider.livemode,
      capturedMinor: 0,
    });
  });

  it('gives the same object for the same key', async () => {
    const request = requestOf();
    const key = randomUUID();
    const first = await given().provider.create(request, call(key));
    expect((await given().provider.create(request, call(key))).ref).toBe(first.ref);
  });

  it('retrieves and finds what it created, and finds nothing that it did not', async () => {
    const { provider } = given();
    const request = requestOf();
    const { ref } = await provider.create(request, call());
    expect(await provider.retrieve(ref, call())).toMatchObject({ ref, paymentId: request.paymentId });
    const createdAt = new Date().toISOString();
    const found = await provider.find({ paymentId: request.paymentId, createdAt }, call());
    expect(found?.ref).toBe(provider.capabilities.search ? ref : undefined);
    expect(await provider.find({ paymentId: 'pay_none', createdAt }, call())).toBeUndefined();
  });

  it('takes money at once with automatic capture', async () => {
    expect(await pay()).toMatchObject({ status: 'succeeded', capturedMinor: 2500, capturableMinor: 0 });
  });

  it('tries another method where it can be confirmed from the server, once per key', async () => {
    const { provider } = given();
    expect(provider.confirm !== undefined).toBe(provider.capabilities.confirmOnServer);
    if (provider.confirm === undefined) return;
    const { ref } = await provider.create(requestOf({ captureMethod: 'manual' }), call());
    const confirm = (paymentMethodId: string, key?: string) =>
      provider.confirm?.({ ref, paymentMethodId, returnUrl: 'https://shop.example/back' }, call(key)) ??
      Promise.reject(new Error('nothing to confirm'));
    await failsAs(confirm('pm_card_chargeDeclined'), 'declined');
    expect(await provider.retrieve(ref, call())).toMatchObject({
      status: 'requires_action',
      failure: { code: 'card_declined' },
    });
    const key = randomUUID();
    for (let i = 0; i < 2; i += 1)
      expect(await confirm('pm_card_visa', key)).toMatchObject({
        status: 'authorized',
        capturableMinor: 2500,
        failure: undefined,
        captureBefore: expect.any(String),
      });
    await failsAs(confirm('pm_card_visa'), 'already_done');
    await expect(async () =>
      provider.confirm?.({ ref, paymentMethodId: 'pm_card_visa' }, { budgetMs: 5_000 }),
    ).rejects.toThrow(TypeError);
  });

  it('names what a payment may come to, of which its step is a part', () => {
    const { provider, currency } = given();
    const { minMinor = 1, maxMinor = Infinity } = provider.amountBounds(currency);
    const step = provider.stepMinor(currency) ?? 1;
    expect(minMinor % step).toBe(0);
    expect(maxMinor).toBeGreaterThan(minMinor);
    expect(provider.amountBounds(given().unsupportedCurrency)).toEqual({});
  });

  it('holds money with manual capture, and captures a part of it', async () => {
    const { provider, currency } = given();
    const held = await pay({ captureMethod: 'manual' });
    expect(held).toMatchObject({
      status: 'authorized',
      authorizedMinor: 2500,
      capturableMinor: 2500,
      capturedMinor: 0,
    });
    const request = { ref: held.ref, amountMinor: 1000, currency };
    const captured = await provider.capture(request, call());
    expect(captured).toMatchObject({
      status: 'succeeded',
      authorizedMinor: 2500,
      capturedMinor: 1000,
      capturableMinor: 0,
    });
    await failsAs(provider.capture(request, call()), 'already_done');
    await failsAs(provider.cancel({ ref: held.ref }, call()), 'already_done');
  });

  it('cancels what waits for the payer', async () => {
    const { ref } = await given().provider.create(requestOf(), call());
    const canceled: Snapshot = await given().provider.cancel({ ref, reason: 'duplicate' }, call());
    expect(canceled).toMatchObject({ status: 'canceled', reason: 'duplicate', capturedMinor: 0 });
  });

  it('releases what it holds, once', async () => {
    const { provider } = given();
    const { ref } = await pay({ captureMethod: 'manual' });
    const canceled = await provider.cancel({ ref, reason: 'duplicate' }, call());
    expect(canceled).toMatchObject({ status: 'canceled', reason: 'duplicate', capturableMinor: 0 });
    expect(await provider.retrieve(ref, call())).toMatchObject({ status: 'canceled' });
    await failsAs(provider.cancel({ ref }, call()), 'already_done');
  });

  it('gives one outcome for one key, however often it is sent', async () => {
    const { provider, currency } = given();
    const held = await pay({ captureMethod: 'manual' });
    const request = { ref: held.ref, amountMinor: 2500, currency };
    const key = randomUUID();
    const first = await provider.capture(request, call(key));
    expect(await provider.capture(request, call(key))).toEqual(first);
    expect(await provider.retrieve(held.ref, call())).toMatchObject({ capturedMinor: 2500 });
  });

  it('says until when held money can be captured, and that it is released then', async () => {
    const { provider, currency } = given();
    const { ref } = await pay({ captureMethod: 'manual' });
    const { captureBefore = '' } = await provider.retrieve(ref, call());
    expect(Date.parse(captureBefore)).toBeGreaterThan(Date.now());
    await advance('30d');
    expect(await provider.retrieve(ref, call())).toMatchObject({
      status: 'canceled',
      capturableMinor: 0,
      capturedMinor: 0,
    });
    await failsAs(provider.capture({ ref, amountMinor: 2500, currency }, call()), 'already_done');
  });

  it('knows its currencies and answers a probe', async () => {
    const { provider, currency, unsupportedCurrency } = given();
    expect(provider.stepMinor(currency)).toBeGreaterThanOrEqual(1);
    expect(provider.stepMinor(unsupportedCurrency)).toBeUndefined();
    await expect(provider.probe(call())).resolves.toBeUndefined();
    await failsAs(given().unauthorized.probe(call()), 'auth');
  });
};
