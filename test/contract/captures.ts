import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Group } from './under-test.ts';
import { call, failsAs, kitOf } from './under-test.ts';

/** Several captures of one authorization. */
export const captures: Group = (given) => {
  const { pay, refundOf } = kitOf(given);

  it('captures in parts and releases the rest with the final one', async () => {
    const { provider, currency } = given();
    expect(provider.capabilities.multipleCaptures).toBe(true);
    const { ref } = await pay({ captureMethod: 'manual' });
    const take = (amountMinor: number, final: boolean, key?: string) =>
      provider.capture({ ref, amountMinor, currency, final }, call(key));
    expect(await take(1000, false)).toMatchObject({
      status: 'partially_captured',
      authorizedMinor: 2500,
      capturedMinor: 1000,
      capturableMinor: 1500,
    });
    const key = randomUUID();
    const second = await take(500, false, key);
    expect(second).toMatchObject({ capturedMinor: 1500, capturableMinor: 1000 });
    expect((await take(500, false, key)).capturedMinor).toBe(1500);
    const last = await take(400, true);
    expect(last).toMatchObject({ status: 'succeeded', capturedMinor: 1900, capturableMinor: 0 });
    expect(await provider.retrieve(ref, call())).toMatchObject({ status: 'succeeded', capturedMinor: 1900 });
    await failsAs(take(100, true), 'already_done');
  });

  it('lists the captures where they are refunded one by one, and refunds each of them', async () => {
    const { provider, currency } = given();
    const { ref } = await pay({ captureMethod: 'manual' });
    await provider.capture({ ref, amountMinor: 1500, currency, final: false }, call());
    const payment = await provider.capture({ ref, amountMinor: 1000, currency }, call());
    const { refundsPerCapture } = provider.capabilities;
    expect(payment.captures?.map(({ amountMinor }) => amountMinor)).toEqual(
      refundsPerCapture ? [1500, 1000] : undefined,
    );
    await provider.refundsAndDisputes.refund(refundOf(payment, 1500, 0), call());
    await provider.refundsAndDisputes.refund(refundOf(payment, 1000, 1), call());
    const refunds = await provider.refundsAndDisputes.listRefunds(ref, call());
    expect(refunds.map(({ amountMinor }) => amountMinor).toSorted((a, b) => a - b)).toEqual([1000, 1500]);
    expect(refunds.every(({ captureRef }) => (captureRef !== undefined) === refundsPerCapture)).toBe(true);
  });

  it('refuses to capture more than it holds', async () => {
    const { provider, currency } = given();
    const { ref } = await pay({ captureMethod: 'manual' });
    await failsAs(provider.capture({ ref, amountMinor: 3500, currency }, call()), 'invalid');
    expect(await provider.retrieve(ref, call())).toMatchObject({ status: 'authorized', capturedMinor: 0 });
  });

  it('refuses a capture that is not final where there can be only one', async () => {
    const { singleCapture, currency } = given();
    if (singleCapture === undefined) return;
    expect(singleCapture.capabilities.multipleCaptures).toBe(false);
    const { ref } = await pay({ captureMethod: 'manual' });
    const part = { ref, amountMinor: 1000, currency, final: false };
    await failsAs(singleCapture.capture(part, call()), 'invalid');
    expect(await singleCapture.retrieve(ref, call())).toMatchObject({ capturedMinor: 0 });
  });
};
