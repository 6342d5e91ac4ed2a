import type { Account } from '../account.ts';
import { apiLink } from '../links.ts';
import { moneyOf } from '../money.ts';
import type { PlanRecord } from '../store/subscription-records.ts';

/** The whole plan. */
export function planView(account: Account, plan: PlanRecord): Record<string, unknown> {
  const { createdAt, currency, updatedAt } = plan;
  return {
    ...labelsOf(plan),
    billing_cycles: plan.cycles.map(({ count, priceMinor, sequence, tenure, totalCycles, unit }) => ({
      pricing_scheme: {
        version: 1,
        fixed_price: moneyOf(priceMinor, currency),
        create_time: createdAt,
        update_time: createdAt,
      },
      frequency: { interval_unit: unit, interval_count: count },
      tenure_type: tenure,
      sequence,
      total_cycles: totalCycles,
    })),
    payment_preferences: {
      auto_bill_outstanding: plan.autoBillOutstanding,
      setup_fee: moneyOf(plan.setupFeeMinor, currency),
      setup_fee_failure_action: plan.setupFeeFailure,
      payment_failure_threshold: plan.failureThreshold,
    },
    quantity_supported: plan.quantitySupported,
    create_time: createdAt,
    update_time: updatedAt,
    links: planLinks(account, plan),
  };
}

/** What a plan shows by default. */
export function planMinimal(account: Account, plan: PlanRecord): object {
  return { ...labelsOf(plan), create_time: plan.createdAt, links: planLinks(account, plan) };
}

function labelsOf({ description, id, name, productId, status }: PlanRecord): object {
  return { id, product_id: productId, name, status, description };
}

function planLinks(account: Account, { id, status }: PlanRecord): readonly object[] {
  const path = `/v1/billing/plans/${id}`;
  const verb = status === 'ACTIVE' ? 'deactivate' : 'activate';
  return [apiLink(account, path, 'self'), apiLink(account, `${path}/${verb}`, verb, 'POST')];
}
