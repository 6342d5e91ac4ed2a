import * as z from 'zod/mini';
import { actionControl, type Control, ControlError, named } from '../../shared/controls/control.ts';
import { type Account, unasked } from '../account.ts';
import { askForDetails, settleRefund, undoRefund } from './outcomes.ts';

const schema = z.strictObject({ result: z.enum(['requires_action', 'succeeded', 'failed', 'canceled']) });

/** `POST /__sandbox/refunds/{id}/settle`: what becomes of a refund that has not reached the payer. */
export function refundControl(account: Account): Control {
  return actionControl(account, 'refunds/{id}/settle', schema, ({ result }, id) => {
    const refund = named(account.store.get('refund', id), 'refund', id);
    if (refund.status !== 'pending' && refund.status !== 'requires_action')
      throw new ControlError(`${id} is ${refund.status}; only a refund under way can be settled`);
    switch (result) {
      case 'requires_action':
        return askForDetails(unasked(account), refund);
      case 'succeeded':
        return settleRefund(unasked(account), refund);
      case 'canceled':
        if (refund.status !== 'requires_action')
          throw new ControlError(`${id} is ${refund.status}; only one in requires_action can be canceled`);
        return undoRefund(unasked(account), refund, { status: 'canceled' });
      case 'failed':
        return undoRefund(unasked(account), refund, { status: 'failed', failure_reason: 'declined' });
    }
  });
}
