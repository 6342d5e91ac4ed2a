import { expire } from './orders/buyer.ts';
import { end } from './payments/authorizations.ts';
import { settle } from './payments/settle.ts';
import { settleRefund } from './refunds/settle.ts';
import type { JobRecord } from './store/records.ts';
import { bill } from './subscriptions/bill.ts';
import type { World } from './world.ts';

/** Does what fell due. */
export function perform(world: World, { kind, ref }: JobRecord): void {
  switch (kind) {
    case 'complete-capture':
      settle(world, ref, 'completed');
      return;
    case 'deny-capture':
      settle(world, ref, 'denied');
      return;
    case 'complete-refund':
      settleRefund(world, ref, 'COMPLETED');
      return;
    case 'fail-refund':
      settleRefund(world, ref, 'FAILED');
      return;
    case 'bill-subscription':
      bill(world, ref);
      return;
    case 'expire-order': {
      const order = world.store.get('order', ref);
      if (order) expire(world, order);
      return;
    }
    case 'expire-authorization': {
      const authorization = world.store.get('authorization', ref);
      const open = authorization?.status === 'CREATED' || authorization?.status === 'PARTIALLY_CAPTURED';
      if (authorization && open) end(world, authorization, true);
      return;
    }
  }
}
