import { addMonths } from '../../shared/months.ts';
import { type Account, isoTime } from '../account.ts';
import { apiLink } from '../links.ts';
import { moneyOf } from '../money.ts';
import { PAYER } from '../orders/payer.ts';
import type { BillingCycle, PlanRecord, SubscriptionRecord } from '../store/subscription-records.ts';

/** Where the payer approves a subscription. */
function subscribeUrl(account: Account, id: string): string {
  return `${account.origin()}/webapps/billing/subscriptions?ba_token=${id}`;
}

/** The whole subscription. */
export function subscriptionView(
  account: Account,
  subscription: SubscriptionRecord,
): Record<string, unknown> {
  const { customId, id, note, status } = subscription;
  const plan = account.store.get('plan', subscription.planId);
  return {
    id,
    plan_id: subscription.planId,
    status,
    status_change_note: note,
    status_update_time: subscription.statusAt,
    start_time: subscription.startAt,
    quantity: String(subscription.quantity),
    custom_id: customId,
    subscriber: subscriberOf(subscription),
    ...(plan && status !== 'APPROVAL_PENDING' ? { billing_info: billingOf(plan, subscription) } : {}),
    create_time: subscription.createdAt,
    update_time: subscription.updatedAt,
    plan_overridden: false,
    links: subscriptionLinks(account, subscription),
  };
}

/** What a subscription shows by default. */
export function subscriptionMinimal(account: Account, subscription: SubscriptionRecord): object {
  const { createdAt, id, status } = subscription;
  return { id, status, create_time: createdAt, links: subscriptionLinks(account, subscription) };
}

function subscriberOf({ email, status }: SubscriptionRecord): object {
  if (status === 'APPROVAL_PENDING') return email === undefined ? {} : { email_address: email };
  return { email_address: email ?? PAYER.email_address, payer_id: PAYER.payer_id, name: PAYER.name };
}

function billingOf(plan: PlanRecord, subscription: SubscriptionRecord): object {
  const { cycle, cycleFrom, failures, lastFailure, lastPayment, nextAt, status } = subscription;
  const { currency } = plan;
  const current = plan.cycles[cycle];
  const ends = current?.tenure === 'REGULAR' && current.totalCycles > 0;
  const failed = failures > 0 ? lastFailure : undefined;
  return {
    outstanding_balance: moneyOf(subscription.outstandingMinor, currency),
    cycle_executions: plan.cycles.map(({ sequence, tenure, totalCycles }, index) => {
      const completed = subscription.completed[index] ?? 0;
      return {
        tenure_type: tenure,
        sequence,
        cycles_completed: completed,
        cycles_remaining: Math.max(0, totalCycles - completed),
        current_pricing_scheme_version: 1,
        total_cycles: totalCycles,
      };
    }),
    ...(lastPayment === undefined
      ? {}
      : { last_payment: { amount: moneyOf(lastPayment.amountMinor, currency), time: lastPayment.at } }),
    ...(nextAt === undefined || status !== 'ACTIVE' ? {} : { next_billing_time: nextAt }),
    ...(ends ? { final_payment_time: addPeriods(cycleFrom, current, current.totalCycles - 1) } : {}),
    failed_payments_count: failures,
    ...(failed === undefined
      ? {}
      : {
          last_failed_payment: {
            amount: moneyOf(failed.amountMinor, currency),
            time: failed.at,
            reason_code: 'PAYMENT_DENIED',
            next_payment_retry_time: failed.retryAt,
          },
        }),
  };
}

function subscriptionLinks(account: Account, { id, status }: SubscriptionRecord): readonly object[] {
  const path = `/v1/billing/subscriptions/${id}`;
  const verbs: Partial<Record<typeof status, readonly string[]>> = {
    ACTIVE: ['cancel', 'suspend'],
    SUSPENDED: ['activate', 'cancel'],
  };
  return [
    ...(status === 'APPROVAL_PENDING'
      ? [{ href: subscribeUrl(account, id), rel: 'approve', method: 'GET' }]
      : []),
    apiLink(account, path, 'self'),
    ...(verbs[status] ?? []).map((verb) => apiLink(account, `${path}/${verb}`, verb, 'POST')),
  ];
}

const DAY_MS = 24 * 3_600_000;

/** So many periods later; from the 31st, months without one end earlier, and the others do not. */
export function addPeriods(from: string, { count, unit }: BillingCycle, periods: number): string {
  const start = new Date(from);
  const steps = count * periods;
  if (unit === 'DAY') return isoTime(start.getTime() + steps * DAY_MS);
  if (unit === 'WEEK') return isoTime(start.getTime() + steps * 7 * DAY_MS);
  return isoTime(addMonths(start, unit === 'MONTH' ? steps : steps * 12).getTime());
}
