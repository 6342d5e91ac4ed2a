import type Stripe from 'stripe';
import type { Cause } from '../../shared/core.ts';
import { charge, requireAction } from '../intents/transitions.ts';
import { magicOf } from '../methods/methods.ts';
import type { MethodRecord } from '../store/records.ts';
import type { World } from '../world.ts';
import { addIntent, intentOf } from './issue.ts';
import { settleInvoice } from './settle.ts';

/** Tries to take the money for an open invoice, and settles the invoice by what became of it. */
export function collect(
  world: World,
  cause: Cause,
  invoice: Stripe.Invoice,
  method: MethodRecord,
  nextAttempt?: number | null,
): Stripe.PaymentIntent {
  const intent = intentOf(world, invoice.id) ?? addIntent(world, cause, invoice, method);
  const tried = magicOf(method.magic).authenticate
    ? requireAction(world, cause, intent, method, undefined)
    : charge(world, cause, intent, method);
  settleInvoice(world, cause, tried, nextAttempt);
  return tried;
}
