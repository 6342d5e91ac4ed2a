import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { ApiError, invalid, notAllowed } from '../api/errors.ts';
import { money } from '../api/money.ts';

/** The refunds of a charge, oldest first. */
export function refundsOf(account: Account, chargeId: string): Stripe.Refund[] {
  const all = account.store.all('refund');
  return all.filter(({ charge }) => charge === chargeId);
}

/** What of the captured money has not been refunded. */
export function refundableMinor(account: Account, charge: Stripe.Charge): number {
  const standing = refundsOf(account, charge.id).filter(
    ({ status }) => status !== 'failed' && status !== 'canceled',
  );
  return charge.amount_captured - standing.reduce((sum, { amount }) => sum + amount, 0);
}

/** The amount to refund, by default all that is left; Stripe gives too much no error code. */
export function refundAmount(charge: Stripe.Charge, leftMinor: number, asked: number | undefined): number {
  if (leftMinor <= 0) {
    const message = `Charge ${charge.id} has already been refunded.`;
    throw new ApiError(
      400,
      { type: 'invalid_request_error', code: 'charge_already_refunded', message },
      true,
    );
  }
  const amountMinor = asked ?? leftMinor;
  if (amountMinor < 1) throw invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer');
  if (amountMinor <= leftMinor) return amountMinor;
  const than = leftMinor === charge.amount ? 'charge amount' : 'unrefunded amount on charge';
  const [wanted, left] = [amountMinor, leftMinor].map((minor) => money(minor, charge.currency));
  const message = `Refund amount (${wanted}) is greater than ${than} (${left})`;
  throw notAllowed(message, { param: 'amount' });
}
