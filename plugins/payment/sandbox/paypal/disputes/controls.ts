import * as z from 'zod/mini';
import type { Control } from '../../shared/controls/control.ts';
import { ControlError, parseControl } from '../../shared/controls/control.ts';
import { controlAmount, controlMinor } from '../control-money.ts';
import { isTaken } from '../payments/capture-view.ts';
import type { DisputeRecord } from '../store/dispute-record.ts';
import { DISPUTE_REASONS, DISPUTE_STAGES, OPEN_STATUSES } from '../store/dispute-record.ts';
import type { CaptureRecord } from '../store/records.ts';
import type { Account } from '../account.ts';
import { change, close, open } from './disputes.ts';
import { disputeView } from './view.ts';

const openSchema = z.strictObject({
  ref: z.string(),
  reason: z._default(z.enum(DISPUTE_REASONS), 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED'),
  amount: controlAmount,
  stage: z._default(z.enum(DISPUTE_STAGES), 'INQUIRY'),
});
const changeSchema = z.strictObject({
  status: z.optional(z.enum(OPEN_STATUSES)),
  stage: z.optional(z.enum(DISPUTE_STAGES)),
});
const OUTCOMES = {
  won: 'RESOLVED_SELLER_FAVOUR',
  lost: 'RESOLVED_BUYER_FAVOUR',
  canceled: 'CANCELED_BY_BUYER',
} as const;
const closeSchema = z.strictObject({ outcome: z.enum(['won', 'lost', 'canceled']) });

/** The payer's complaints, and how PayPal decides them. */
export function disputeControls(account: Account): readonly Control[] {
  const act = (work: () => DisputeRecord) => disputeView(account, account.store.transaction(work));
  return [
    {
      method: 'POST',
      path: /^\/__sandbox\/disputes$/,
      run: ({ body }) => {
        const { amount, reason, ref, stage } = parseControl(openSchema, body);
        const capture = captureAt(account, ref);
        const amountMinor =
          amount === undefined ? capture.amountMinor : controlMinor(amount, capture.currency);
        if (isTaken(capture) && amountMinor <= capture.amountMinor) {
          return act(() => open(account, capture, { reason, stage, amountMinor }));
        }
        throw new ControlError(`${capture.id} is ${capture.status} with ${capture.amountMinor} minor units`);
      },
    },
    {
      method: 'POST',
      path: /^\/__sandbox\/disputes\/([\w-]+)\/update$/,
      run: ({ body, id }) => {
        const changes = parseControl(changeSchema, body);
        const dispute = find(account, id);
        return act(() => change(account, dispute, changes));
      },
    },
    {
      method: 'POST',
      path: /^\/__sandbox\/disputes\/([\w-]+)\/close$/,
      run: ({ body, id }) => {
        const { outcome } = parseControl(closeSchema, body);
        const dispute = find(account, id);
        return act(() => close(account, dispute, OUTCOMES[outcome]));
      },
    },
  ];
}

/** A capture by its id, or the first that took money of an order. */
export function captureAt(account: Account, ref: string): CaptureRecord {
  const ids = [ref, ...(account.store.get('order', ref)?.captureIds ?? [])];
  const captures = ids.flatMap((id) => account.store.get('capture', id) ?? []);
  const capture = captures.find(isTaken) ?? captures[0];
  if (!capture) throw new ControlError(`there is no capture ${ref}, and no order with captures`, 404);
  return capture;
}

function find(account: Account, id: string): DisputeRecord {
  const dispute = account.store.get('dispute', id);
  if (!dispute) throw new ControlError(`there is no dispute ${id}`, 404);
  if (dispute.status === 'RESOLVED') throw new ControlError(`${id} is RESOLVED already`);
  return dispute;
}
