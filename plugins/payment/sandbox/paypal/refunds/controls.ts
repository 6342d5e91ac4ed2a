import * as z from 'zod/mini';
import type { Control } from '../../shared/controls/control.ts';
import { ControlError, parseControl } from '../../shared/controls/control.ts';
import { controlAmount, controlMinor } from '../control-money.ts';
import { isTaken } from '../payments/capture-view.ts';
import type { RefundRecord } from '../store/refund-record.ts';
import type { CaptureRecord } from '../store/records.ts';
import type { Account } from '../account.ts';
import { giveBack, reverse } from './give-back.ts';
import { refundableMinor } from './refunds-of.ts';
import { settleRefund } from './settle.ts';
import { refundView } from './view.ts';

const backSchema = z.strictObject({ amount: controlAmount });
const settleSchema = z.strictObject({ result: z.enum(['completed', 'failed', 'cancelled']) });

/** Refunds that the merchant makes on PayPal's site, what PayPal takes back, and the end of pending refunds. */
export function refundControls(account: Account): readonly Control[] {
  return [
    {
      method: 'POST',
      path: /^\/__sandbox\/captures\/(\w+)\/refund$/,
      run: ({ body, id }) =>
        back(account, id, body, (capture, amountMinor) => giveBack(account, capture, { amountMinor })),
    },
    {
      method: 'POST',
      path: /^\/__sandbox\/captures\/(\w+)\/reverse$/,
      run: ({ body, id }) =>
        back(account, id, body, (capture, amountMinor) => reverse(account, capture, amountMinor)),
    },
    {
      method: 'POST',
      path: /^\/__sandbox\/refunds\/(\w+)\/settle$/,
      run: ({ body, id }) => {
        const { result } = parseControl(settleSchema, body);
        const refund = account.store.get('refund', id);
        if (!refund) throw new ControlError(`there is no refund ${id}`, 404);
        const status = ({ completed: 'COMPLETED', failed: 'FAILED', cancelled: 'CANCELLED' } as const)[
          result
        ];
        const settled = settleRefund(account, id, status);
        if (settled) return refundView(account, settled);
        throw new ControlError(`${id} is ${refund.status}; only a pending refund can be settled`);
      },
    },
  ];
}

/** Without an amount, all that is left. */
function back(
  account: Account,
  id: string,
  body: unknown,
  act: (capture: CaptureRecord, amountMinor: number) => RefundRecord,
): object {
  const { amount: value } = parseControl(backSchema, body);
  const capture = account.store.get('capture', id);
  if (!capture) throw new ControlError(`there is no capture ${id}`, 404);
  const leftMinor = refundableMinor(account, capture);
  const amountMinor = value === undefined ? leftMinor : controlMinor(value, capture.currency);
  if (!isTaken(capture) || amountMinor > leftMinor || amountMinor <= 0) {
    throw new ControlError(`${id} is ${capture.status} and has ${leftMinor} minor units left to take back`);
  }
  return refundView(
    account,
    account.store.transaction(() => act(capture, amountMinor)),
  );
}
