import type Stripe from 'stripe';
import * as z from 'zod/mini';
import { actionControl, type Control, ControlError, named } from '../../shared/controls/control.ts';
import { type Account, unasked } from '../account.ts';
import { idOf } from '../methods/methods.ts';
import { refundableMinor } from '../refunds/room.ts';
import { closeDispute, disputesOf, escalateInquiry, isInquiry, isOpen, openDispute } from './lifecycle.ts';

const REASONS = [
  'bank_cannot_process',
  'check_returned',
  'credit_not_processed',
  'customer_initiated',
  'debit_not_authorized',
  'duplicate',
  'fraudulent',
  'general',
  'incorrect_account_details',
  'insufficient_funds',
  'noncompliant',
  'product_not_received',
  'product_unacceptable',
  'subscription_canceled',
  'unrecognized',
] as const;

const openSchema = z.strictObject({
  ref: z.string(),
  reason: z._default(z.enum(REASONS), 'fraudulent'),
  amount: z.optional(z.int().check(z.positive())),
  inquiry: z._default(z.boolean(), false),
});
const closeSchema = z.strictObject({ outcome: z.enum(['won', 'lost', 'warning_closed']) });

/** `POST /__sandbox/disputes`, `…/{id}/close` and `…/{id}/escalate`: what the payer and the bank do. */
export function disputeControls(account: Account): readonly Control[] {
  const found = (id: string): Stripe.Dispute => {
    const dispute = named(account.store.get('dispute', id), 'dispute', id);
    if (!isOpen(dispute)) throw new ControlError(`${id} is ${dispute.status}`);
    return dispute;
  };
  return [
    actionControl(account, 'disputes', openSchema, (body) => disputeAsPayer(account, body)),
    actionControl(account, 'disputes/{id}/close', closeSchema, ({ outcome }, id) => {
      const dispute = found(id);
      if (outcome === (isInquiry(dispute) ? 'won' : 'warning_closed')) {
        throw new ControlError('inquiries end as warning_closed or lost, disputes as won or lost');
      }
      return closeDispute(unasked(account), dispute, outcome);
    }),
    actionControl(account, 'disputes/{id}/escalate', z.unknown(), (_, id) => {
      const dispute = found(id);
      if (!isInquiry(dispute)) throw new ControlError(`${id} is no inquiry`);
      return escalateInquiry(unasked(account), dispute);
    }),
  ];
}

function disputeAsPayer(
  account: Account,
  { amount, inquiry, reason, ref }: z.output<typeof openSchema>,
): object {
  const charge = chargeAt(account, ref);
  if (charge.amount_captured === 0) throw new ControlError(`${ref} has not been captured`);
  if (disputesOf(account, charge.id).some(isOpen)) throw new ControlError(`${ref} has an open dispute`);
  const left = refundableMinor(account, charge);
  const amountMinor = amount ?? (left > 0 ? left : charge.amount_captured);
  if (amountMinor > charge.amount_captured) {
    throw new ControlError(`at most ${charge.amount_captured} was captured`);
  }
  return openDispute(account, charge, { amountMinor, inquiry, reason });
}

/** The charge with this id, or that of the intent with this id. */
export function chargeAt(account: Account, ref: string): Stripe.Charge {
  const id = account.store.get('intent', ref)?.latest_charge;
  const charge = account.store.get('charge', id === undefined ? ref : idOf(id));
  return named(charge, 'charge or charged payment intent', ref);
}
