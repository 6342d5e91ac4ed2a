import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Group } from './under-test.ts';
import { call, failsAs, kitOf, REFUND_IN_VAIN_MINOR } from './under-test.ts';

/** Money that goes back by our wish. */
export const refunds: Group = (given) => {
  const { advance, pay, refundOf, requestOf } = kitOf(given);
  const refund = (...[request, key]: [ReturnType<typeof refundOf>, string?]) =>
    given().provider.refundsAndDisputes.refund(request, call(key));

  it('refunds a part and then the rest, and never more', async () => {
    const payment = await pay();
    const request = refundOf(payment, 1000);
    expect(await refund(request)).toMatchObject({
      ref: expect.any(String),
      status: 'succeeded',
      amountMinor: 1000,
      currency: given().currency,
      refundId: request.refundId,
    });
    await failsAs(refund(refundOf(payment, 1501)), 'invalid');
    expect(await refund(refundOf(payment, 1500))).toMatchObject({ status: 'succeeded', amountMinor: 1500 });
    await failsAs(refund(refundOf(payment, 1)), 'already_done');
    const { ref } = payment;
    expect(await given().provider.retrieve(ref, call())).toMatchObject({ capturedMinor: 2500 });
  });

  it('refunds all at once', async () => {
    const payment = await pay();
    expect(await refund(refundOf(payment, 2500))).toMatchObject({ amountMinor: 2500, status: 'succeeded' });
  });

  it('makes one refund for one key, and lists and retrieves it by what we called it', async () => {
    const { refundsAndDisputes } = given().provider;
    const payment = await pay();
    const key = randomUUID();
    const request = refundOf(payment, 1000);
    const first = await refund(request, key);
    expect((await refund(request, key)).ref).toBe(first.ref);
    const other = await refund(refundOf(payment, 200));
    const listed = await refundsAndDisputes.listRefunds(payment.ref, call());
    expect(listed).toHaveLength(2);
    expect(listed.find(({ refundId }) => refundId === request.refundId)).toMatchObject({
      ref: first.ref,
      amountMinor: 1000,
      status: 'succeeded',
    });
    expect(await refundsAndDisputes.retrieveRefund(other.ref, call())).toMatchObject({
      ref: other.ref,
      amountMinor: 200,
    });
  });

  it('lists no refunds of a payment that has none', async () => {
    const { ref } = await pay();
    expect(await given().provider.refundsAndDisputes.listRefunds(ref, call())).toEqual([]);
  });

  it('shows a refund that fails later', async () => {
    const { refundsAndDisputes } = given().provider;
    const payment = await given().payRefundedInVain(requestOf({ amountMinor: 5000 }), randomUUID());
    const made = await refund(refundOf(payment, REFUND_IN_VAIN_MINOR));
    expect(['pending', 'succeeded']).toContain(made.status);
    await advance('10s');
    const failed = { ref: made.ref, status: 'failed', failureCode: expect.any(String) };
    expect(await refundsAndDisputes.retrieveRefund(made.ref, call())).toMatchObject(failed);
    expect(await refundsAndDisputes.listRefunds(payment.ref, call())).toMatchObject([failed]);
    // The room is there again.
    expect(await refund(refundOf(payment, 5000))).toMatchObject({ amountMinor: 5000 });
  });

  it('never refunds without a key', async () => {
    const payment = await pay();
    const { refundsAndDisputes } = given().provider;
    const keyless = { budgetMs: 5_000 };
    await expect(async () => refundsAndDisputes.refund(refundOf(payment, 1), keyless)).rejects.toThrow(
      TypeError,
    );
    expect(await refundsAndDisputes.listRefunds(payment.ref, call())).toEqual([]);
  });
};
