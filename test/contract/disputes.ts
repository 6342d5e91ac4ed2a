import { expect, it } from 'vitest';
import type { Snapshot } from '../../plugins/payment/payments/model/snapshot.ts';
import type { Group } from './under-test.ts';
import { call, failsAs, kitOf } from './under-test.ts';

/** Money that payers ask their banks or the provider for. */
export const disputes: Group = (given) => {
  const { pay, refundOf } = kitOf(given);
  const retrieve = (ref: string) => given().provider.refundsAndDisputes.retrieveDispute(ref, call());
  const refund = (payment: Snapshot, amountMinor: number) =>
    given().provider.refundsAndDisputes.refund(refundOf(payment, amountMinor), call());

  it('shows a dispute that leads to the payment and blocks its refunds', async () => {
    const { provider } = given();
    const payment = await pay();
    const ref = await given().openDispute(payment);
    const dispute = await retrieve(ref);
    expect(dispute).toMatchObject({
      ref,
      status: 'open',
      reason: expect.any(String),
      amountMinor: 2500,
      currency: payment.currency,
      livemode: provider.livemode,
      blocksRefunds: true,
    });
    const { refundsPerCapture } = provider.capabilities;
    expect(refundsPerCapture ? dispute.captureRef : dispute.paymentRef).toBe(
      refundsPerCapture ? payment.captures?.[0]?.ref : payment.ref,
    );
    await failsAs(refund(payment, 100), 'invalid');
    expect(await provider.refundsAndDisputes.listRefunds(payment.ref, call())).toEqual([]);
  });

  it('shows a question before a dispute, which blocks nothing', async () => {
    const payment = await pay();
    const ref = await given().openDispute(payment, true);
    expect(await retrieve(ref)).toMatchObject({ status: 'inquiry', blocksRefunds: false });
    expect(await refund(payment, 2500)).toMatchObject({ status: 'succeeded' });
  });

  it('shows how it is lost; the money is gone', async () => {
    const payment = await pay();
    const ref = await given().openDispute(payment);
    await given().closeDispute(ref, 'lost');
    expect(await retrieve(ref)).toMatchObject({ status: 'lost', amountMinor: 2500, blocksRefunds: false });
    await expect(refund(payment, 100)).rejects.toMatchObject({ name: 'ProviderError' });
  });

  it('shows how it is won; refunds are possible again', async () => {
    const payment = await pay();
    const ref = await given().openDispute(payment);
    await given().closeDispute(ref, 'won');
    expect(await retrieve(ref)).toMatchObject({ status: 'won', blocksRefunds: false });
    expect(await refund(payment, 2500)).toMatchObject({ status: 'succeeded' });
  });
};
