import { notFound, unprocessable } from '../api/errors.ts';
import type { OrderRecord } from '../store/records.ts';
import type { World } from '../world.ts';
import { outcomeOf } from './outcomes.ts';
import { pay, refuseSecond } from './pay.ts';

/** Pays a new order from a saved account at once: nobody has to approve it, and a refusal leaves no order. */
export function payVaulted(world: World, order: OrderRecord, tokenId: string): void {
  if (!world.store.get('paymentToken', tokenId)) throw notFound();
  refuseSecond(world, order);
  const outcome = outcomeOf(order.amountMinor);
  if (outcome === 'declined' || outcome === 'declined-once') {
    throw unprocessable(
      'INSTRUMENT_DECLINED',
      'The instrument presented was either declined by the processor or bank, or it can’t be used for this payment.',
    );
  }
  pay(world, { ...order, status: 'APPROVED', outcome });
}
