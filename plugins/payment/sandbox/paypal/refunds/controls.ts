import * as z from 'zod/mini';
import { actionControl, type Control, ControlError, named } from '../../shared/controls/control.ts';
import type { Account } from '../account.ts';
import { controlAmount, controlMinor } from '../control-money.ts';
import { isTaken } from '../payments/capture-view.ts';
import type { CaptureRecord, RefundRecord } from '../store/records.ts';
import { makeRefund, makeReversal, settleRefund } from './make.ts';
import { refundableMinor, refundView } from './view.ts';

const backSchema = z.strictObject({ amount: controlAmount });
const settleSchema = z.strictObject({ result: z.enum(['completed', 'failed', 'cancelled']) });
const RESULTS = { completed: 'COMPLETED', failed: 'FAILED', cancelled: 'CANCELLED' } as const;

/** Refunds that the merchant makes on PayPal's site, what PayPal takes back, and the end of pending refunds. */
export function refundControls(account: Account): readonly Control[] {
  /** Without an amount, all that is left. */
  const back = (path: string, make: (capture: CaptureRecord, amountMinor: number) => RefundRecord) =>
    actionControl(account, path, backSchema, ({ amount }, id) => {
      const capture = named(account.store.get('capture', id), 'capture', id);
      const leftMinor = refundableMinor(account, capture);
      const amountMinor = amount === undefined ? leftMinor : controlMinor(amount, capture.currency);
      if (isTaken(capture) && amountMinor <= leftMinor && amountMinor > 0)
        return refundView(account, make(capture, amountMinor));
      throw new ControlError(`${id} is ${capture.status} and has ${leftMinor} minor units left to take back`);
    });
  return [
    back('captures/{id}/refund', (capture, amountMinor) => makeRefund(account, capture, { amountMinor })),
    back('captures/{id}/reverse', (capture, amountMinor) => makeReversal(account, capture, amountMinor)),
    actionControl(account, 'refunds/{id}/settle', settleSchema, ({ result }, id) => {
      const refund = named(account.store.get('refund', id), 'refund', id);
      const settled = settleRefund(account, id, RESULTS[result]);
      if (settled) return refundView(account, settled);
      throw new ControlError(`${id} is ${refund.status}; only a pending refund can be settled`);
    }),
  ];
}
