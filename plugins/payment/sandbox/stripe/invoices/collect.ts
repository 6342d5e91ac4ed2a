import type Stripe from 'stripe';
import type { Cause } from '../../shared/account.ts';
import { charge, requireAction } from '../intents/transitions.ts';
import { magicOf } from '../methods/methods.ts';
import type { MethodRecord } from '../store/records.ts';
import type { Account } from '../account.ts';
import { addIntent, intentOf } from './issue.ts';
import { settleInvoice } from './settle.ts';

/** Tries to take the money for an open invoice, and settles the invoice by what became of it. */
export function collect(
  account: Account,
  cause: Cause,
  invoice: Stripe.Invoice,
  method: MethodRecord,
  nextAttempt?: number | null,
): Stripe.PaymentIntent {
  const intent = intentOf(account, invoice.id) ?? addIntent(account, cause, invoice, method);
  const tried = magicOf(method.magic).authenticate
    ? requireAction(account, cause, intent, method, undefined)
    : charge(account, cause, intent, method);
  settleInvoice(account, cause, tried, nextAttempt);
  return tried;
}
