import type Stripe from 'stripe';
import * as z from 'zod/mini';
import type { Control } from '../../shared/controls/control.ts';
import { ControlError, parseControl } from '../../shared/controls/control.ts';
import { idOf } from '../methods/methods.ts';
import { refundableMinor } from '../refunds/room.ts';
import type { World } from '../world.ts';
import { NO_REQUEST } from '../world.ts';
import { closeDispute, escalate, isInquiry, isOpen } from './close.ts';
import { disputesOf, openDispute } from './open.ts';

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
export function disputeControls(world: World): readonly Control[] {
  const found = (id: string): Stripe.Dispute => {
    const dispute = world.store.get('dispute', id);
    if (!dispute) throw new ControlError(`there is no dispute ${id}`, 404);
    if (!isOpen(dispute)) throw new ControlError(`${id} is ${dispute.status}`);
    return dispute;
  };
  const inTransaction = (run: Control['run']): Control['run'] => {
    return (input) => world.store.transaction(() => run(input));
  };
  return [
    {
      method: 'POST',
      path: /^\/__sandbox\/disputes$/,
      run: inTransaction(({ body }) => open(world, parseControl(openSchema, body))),
    },
    {
      method: 'POST',
      path: /^\/__sandbox\/disputes\/(\w+)\/close$/,
      run: inTransaction(({ body, id }) => {
        const { outcome } = parseControl(closeSchema, body);
        const dispute = found(id);
        if (outcome === (isInquiry(dispute) ? 'won' : 'warning_closed')) {
          throw new ControlError('inquiries end as warning_closed or lost, disputes as won or lost');
        }
        return closeDispute(world, NO_REQUEST, dispute, outcome);
      }),
    },
    {
      method: 'POST',
      path: /^\/__sandbox\/disputes\/(\w+)\/escalate$/,
      run: inTransaction(({ id }) => {
        const dispute = found(id);
        if (!isInquiry(dispute)) throw new ControlError(`${id} is no inquiry`);
        return escalate(world, NO_REQUEST, dispute);
      }),
    },
  ];
}

function open(world: World, { amount, inquiry, reason, ref }: z.output<typeof openSchema>): object {
  const charge = chargeAt(world, ref);
  if (charge.amount_captured === 0) throw new ControlError(`${ref} has not been captured`);
  if (disputesOf(world, charge.id).some(isOpen)) throw new ControlError(`${ref} has an open dispute`);
  const left = refundableMinor(world, charge);
  const amountMinor = amount ?? (left > 0 ? left : charge.amount_captured);
  if (amountMinor > charge.amount_captured) {
    throw new ControlError(`at most ${charge.amount_captured} was captured`);
  }
  return openDispute(world, charge, { amountMinor, inquiry, reason });
}

/** The charge with this id, or that of the intent with this id. */
export function chargeAt(world: World, ref: string): Stripe.Charge {
  const id = world.store.get('intent', ref)?.latest_charge;
  const charge = world.store.get('charge', id === undefined ? ref : idOf(id));
  if (!charge) throw new ControlError(`there is no charge or charged payment intent ${ref}`, 404);
  return charge;
}
