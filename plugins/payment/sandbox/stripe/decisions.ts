import type Stripe from 'stripe';
import { type Choice, choice, type Decision, untilChoice } from '../shared/controls/decisions.ts';
import type { Account } from './account.ts';
import { money } from './api/money.ts';
import { isInquiry, isOpen } from './disputes/lifecycle.ts';
import { idOf } from './methods/methods.ts';
import type { MethodRecord } from './store/records.ts';

/** What payers and banks can decide at this account. */
export function stripeDecisions(account: Account): readonly Decision[] {
  const { store } = account;
  return [
    ...store.all('method').flatMap(savedMethod),
    ...store.all('subscription').flatMap((subscription) => subscriptionOf(account, subscription)),
    ...store.all('setupIntent').flatMap(setUp),
    ...store.all('refund').flatMap(refund),
    ...store.all('dispute').flatMap(dispute),
  ];
}

function savedMethod({ declines = false, object }: MethodRecord): readonly Decision[] {
  const { card, customer, id, type } = object;
  if (customer === null) return [];
  const about = `${card ? `${card.brand} ${card.last4}` : type} of ${idOf(customer)}`;
  const charges = `payment_methods/${id}/charges`;
  const choices = [
    declines
      ? choice('Accept charges', charges, { decline: false })
      : choice('Decline charges', charges, { decline: true }),
    choice('Remove', `payment_methods/${id}/detach`),
  ];
  return [{ kind: 'payment method', id, status: declines ? 'declining' : 'saved', about, choices }];
}

function setUp({ id, payment_method: method, status }: Stripe.SetupIntent): readonly Decision[] {
  if (status !== 'requires_action') return [];
  const control = `setup_intents/${id}/3ds`;
  const choices = [
    choice('Pass 3-D Secure', control, { result: 'succeeded' }),
    choice('Fail it', control, { result: 'failed' }),
  ];
  return [{ kind: 'set-up', id, status, about: method === null ? '' : idOf(method), choices }];
}

function refund({ amount, charge, currency, id, status }: Stripe.Refund): readonly Decision[] {
  if (status !== 'pending' && status !== 'requires_action') return [];
  const settle = (label: string, result: string): Choice => choice(label, `refunds/${id}/settle`, { result });
  const choices = [
    settle('It arrives', 'succeeded'),
    settle('It fails', 'failed'),
    status === 'pending' ? settle('Ask for an account', 'requires_action') : settle('Cancel', 'canceled'),
  ];
  const about = `${money(amount, currency)}${charge === null ? '' : ` of ${idOf(charge)}`}`;
  return [{ kind: 'refund', id, status, about, choices }];
}

function dispute(object: Stripe.Dispute): readonly Decision[] {
  if (!isOpen(object)) return [];
  const { amount, charge, currency, id, status } = object;
  const close = (label: string, outcome: string): Choice =>
    choice(label, `disputes/${id}/close`, { outcome });
  const lost = close('The buyer wins', 'lost');
  const choices = isInquiry(object)
    ? [choice('Escalate', `disputes/${id}/escalate`), close('Close the inquiry', 'warning_closed'), lost]
    : [close('The shop wins', 'won'), lost];
  const kind = isInquiry(object) ? 'inquiry' : 'dispute';
  return [{ kind, id, status, about: `${money(amount, currency)} of ${idOf(charge)}`, choices }];
}

function subscriptionOf(account: Account, object: Stripe.Subscription): readonly Decision[] {
  const { cancel_at_period_end: isEnding, customer, ended_at: endedAt, id, pause_collection: pause } = object;
  if (endedAt !== null || object.status === 'incomplete') return [];
  const goesOn = isEnding || pause !== null || object.status === 'paused';
  const control = `subscriptions/${id}`;
  const choices = [
    ...untilChoice('Next renewal', account.nowMs(), renewalMs(account, object)),
    goesOn ? choice('Resume', `${control}/resume`) : choice('Pause', `${control}/pause`),
    choice('Cancel', `${control}/cancel`),
  ];
  return [{ kind: 'subscription', id, status: object.status, about: `of ${idOf(customer)}`, choices }];
}

/** When it is charged next: for its next period, or again for the last one. */
function renewalMs(
  { store }: Account,
  { id, latest_invoice: invoice }: Stripe.Subscription,
): number | undefined {
  const due = store.all('job').flatMap((job) => {
    const isOfIt =
      (job.kind === 'renew-subscription' && job.subscriptionId === id) ||
      (job.kind === 'retry-invoice' && invoice !== null && job.invoiceId === idOf(invoice));
    return isOfIt ? [job.dueAtMs] : [];
  });
  return due.length === 0 ? undefined : Math.min(...due);
}
