import { notFound, unprocessable } from '../api/errors.ts';
import type { OrderRecord } from '../store/records.ts';
import type { Account } from '../account.ts';
import { outcomeOf } from './outcomes.ts';
import { pay, refuseSecond } from './pay.ts';

/** Pays a new order from a saved account at once: nobody has to approve it, and a refusal leaves no order. */
export function payVaulted(account: Account, order: OrderRecord, tokenId: string): void {
  if (!account.store.get('paymentToken', tokenId)) throw notFound();
  refuseSecond(account, order);
  const outcome = outcomeOf(order.amountMinor);
  if (outcome === 'declined' || outcome === 'declined-once') {
    throw unprocessable(
      'INSTRUMENT_DECLINED',
      'The instrument presented was either declined by the processor or bank, or it can’t be used for this payment.',
    );
  }
  pay(account, { ...order, status: 'APPROVED', outcome });
}
