import * as z from 'zod/mini';
import { actionControl, type Control, ControlError, named } from '../../shared/controls/control.ts';
import type { Account } from '../account.ts';
import { controlAmount, controlMinor } from '../control-money.ts';
import { isTaken } from '../payments/capture-view.ts';
import {
  DISPUTE_REASONS,
  DISPUTE_STAGES,
  type DisputeRecord,
  OPEN_STATUSES,
} from '../store/dispute-record.ts';
import type { CaptureRecord } from '../store/records.ts';
import { changeDispute, closeDispute, openDispute } from './disputes.ts';
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
  const disputeAt = (id: string): DisputeRecord => {
    const dispute = named(account.store.get('dispute', id), 'dispute', id);
    if (dispute.status === 'RESOLVED') throw new ControlError(`${id} is RESOLVED already`);
    return dispute;
  };
  return [
    actionControl(account, 'disputes', openSchema, ({ amount, reason, ref, stage }) => {
      const capture = captureAt(account, ref);
      const amountMinor = amount === undefined ? capture.amountMinor : controlMinor(amount, capture.currency);
      if (isTaken(capture) && amountMinor <= capture.amountMinor)
        return disputeView(account, openDispute(account, capture, { reason, stage, amountMinor }));
      throw new ControlError(`${capture.id} is ${capture.status} with ${capture.amountMinor} minor units`);
    }),
    actionControl(account, 'disputes/{slug}/update', changeSchema, (changes, id) =>
      disputeView(account, changeDispute(account, disputeAt(id), changes)),
    ),
    actionControl(account, 'disputes/{slug}/close', closeSchema, ({ outcome }, id) =>
      disputeView(account, closeDispute(account, disputeAt(id), OUTCOMES[outcome])),
    ),
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
