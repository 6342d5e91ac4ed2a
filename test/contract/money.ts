import { expect, it } from 'vitest';
import type { Group } from './under-test.ts';
import { call, failsAs, kitOf } from './under-test.ts';

/** Amounts of currencies that a provider writes in its own way, there and back. */
export const money: Group = (given) => {
  const { pay, refundOf, requestOf } = kitOf(given);

  it('takes and refunds exactly what was said, in every such currency', async () => {
    const { amounts, provider } = given();
    expect(amounts.length).toBeGreaterThan(2);
    for (const [currency, paidMinor, refundedMinor] of amounts) {
      const said = { currency, amountMinor: paidMinor };
      const payment = await pay(said);
      expect(payment).toMatchObject({ ...said, capturedMinor: paidMinor });
      const request = refundOf(payment, refundedMinor);
      const refund = { currency, amountMinor: refundedMinor, refundId: request.refundId };
      expect(await provider.refundsAndDisputes.refund(request, call())).toMatchObject(refund);
      expect(await provider.refundsAndDisputes.listRefunds(payment.ref, call())).toMatchObject([refund]);
      const rest = refundOf(payment, paidMinor - refundedMinor);
      expect(await provider.refundsAndDisputes.refund(rest, call())).toMatchObject({ status: 'succeeded' });
      await failsAs(
        provider.refundsAndDisputes.refund(refundOf(payment, refundedMinor), call()),
        'already_done',
      );
    }
  });

  it('refuses what the provider cannot carry, without asking it', async () => {
    const { impossible, unreachable } = given();
    const ref = 'x';
    for (const [currency, amountMinor] of impossible) {
      expect(amountMinor % (unreachable.stepMinor(currency) ?? 1)).not.toBe(0);
      await failsAs(unreachable.create(requestOf({ currency, amountMinor }), call()), 'invalid');
      await failsAs(unreachable.capture({ ref, currency, amountMinor }, call()), 'invalid');
      const refund = { ...requestOf(), refundId: 'rf_1', ref, captureRef: ref, currency, amountMinor };
      await failsAs(unreachable.refundsAndDisputes.refund(refund, call()), 'invalid');
    }
  });
};
