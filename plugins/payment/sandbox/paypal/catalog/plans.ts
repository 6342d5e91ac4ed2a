import type * as z from 'zod/mini';
import { type Account, nowIso } from '../account.ts';
import { unprocessable } from '../api/errors.ts';
import { readBody } from '../api/input.ts';
import type { ISSUES } from '../api/issues.ts';
import { type Call, CATALOG_MS, creates, get, post, type Result } from '../api/route.ts';
import { retrieve, shown, stored } from '../api/stored.ts';
import { newPlanId } from '../ids.ts';
import { minorOf, type Money } from '../money.ts';
import type { BillingCycle, PlanRecord } from '../store/subscription-records.ts';
import { listOf } from './list.ts';
import { planSchema } from './params.ts';
import { planMinimal, planView } from './plan-view.ts';

type Params = z.output<typeof planSchema>;

/** `/v1/billing/plans`; to one that is not active nobody can subscribe, and its subscriptions go on. */
export const planRoutes = [
  creates('/v1/billing/plans', createPlan, shown('plan', planView, planMinimal), CATALOG_MS),
  get('/v1/billing/plans', listPlans),
  get('/v1/billing/plans/{slug}', retrieve('plan', planView)),
  post('/v1/billing/plans/{slug}/activate', (call, id) => changeStatus(call, id, 'ACTIVE')),
  post('/v1/billing/plans/{slug}/deactivate', (call, id) => changeStatus(call, id, 'INACTIVE')),
];

/** `POST /v1/billing/plans`. */
function createPlan({ account, body }: Call): string {
  const params = readBody(planSchema, body);
  stored(account, 'product', params.product_id);
  const plan = planOf(account, params);
  account.store.put('plan', plan.id, plan);
  return plan.id;
}

/** `GET /v1/billing/plans`, by product or ids. */
function listPlans(call: Call): Result {
  const { query, representation, account } = call;
  const product = query.get('product_id');
  const ids = query.get('plan_ids')?.split(',');
  const all = account.store.all('plan');
  const found = all.filter(
    ({ id, productId }) => (product === null || productId === product) && (ids?.includes(id) ?? true),
  );
  return listOf(call, 'plans', found, (plan) =>
    representation ? planView(account, plan) : planMinimal(account, plan),
  );
}

function changeStatus({ account }: Call, id: string, status: PlanRecord['status']): Result {
  account.store.put('plan', id, { ...stored(account, 'plan', id), status, updatedAt: nowIso(account) });
  return { status: 204 };
}

function planOf(account: Account, params: Params): PlanRecord {
  const { payment_preferences: preferences } = params;
  const cycles = params.billing_cycles.toSorted((a, b) => a.sequence - b.sequence);
  refuseCycles(cycles);
  const [currency = 'USD', ...others] = new Set(
    [preferences.setup_fee, ...cycles.map(priceOf)].flatMap((money) => money?.currency_code ?? []),
  );
  if (others.length > 0) throw unprocessable('CURRENCY_MISMATCH');
  const at = nowIso(account);
  return {
    id: newPlanId(),
    productId: params.product_id,
    name: params.name,
    description: params.description,
    status: params.status,
    currency,
    cycles: cycles.map((cycle): BillingCycle => ({
      tenure: cycle.tenure_type,
      sequence: cycle.sequence,
      totalCycles: cycle.total_cycles,
      unit: cycle.frequency.interval_unit,
      count: cycle.frequency.interval_count,
      priceMinor: freeOr(priceOf(cycle)),
    })),
    quantitySupported: params.quantity_supported,
    autoBillOutstanding: preferences.auto_bill_outstanding,
    setupFeeMinor: freeOr(preferences.setup_fee),
    setupFeeFailure: preferences.setup_fee_failure_action,
    failureThreshold: preferences.payment_failure_threshold,
    createdAt: at,
    updatedAt: at,
  };
}

function priceOf({ pricing_scheme: scheme }: Params['billing_cycles'][number]): Money | undefined {
  return scheme?.fixed_price;
}

/** A price may be nothing, where other amounts may not. */
function freeOr(money: Money | undefined): number {
  return money === undefined || Number(money.value) === 0 ? 0 : minorOf(money, '/fixed_price');
}

/** At most two trials, then one regular cycle; only that may go on for ever. */
function refuseCycles(cycles: Params['billing_cycles']): void {
  const regular = cycles.filter(({ tenure_type: tenure }) => tenure === 'REGULAR');
  const trials = cycles.filter(({ tenure_type: tenure }) => tenure === 'TRIAL');
  const refuseIf = (wrong: boolean, issue: keyof typeof ISSUES): void => {
    if (wrong) throw unprocessable(issue, '/billing_cycles');
  };
  const consecutive = cycles.every(({ sequence }, index) => sequence === index + 1);
  refuseIf(regular.length === 0, 'MISSING_REGULAR_BILLING_CYCLE');
  refuseIf(regular.length > 1, 'MULTIPLE_REGULAR_BILLING_CYCLES_NOT_SUPPORTED');
  refuseIf(trials.length > 2, 'MORE_THAN_TWO_TRIAL_BILLING_CYCLE_NOT_SUPPORTED');
  refuseIf(!consecutive || cycles.at(-1) !== regular[0], 'INVALID_BILLING_CYCLE_SEQUENCE');
  refuseIf(
    trials.some(({ total_cycles: total }) => total === 0),
    'INVALID_TRIAL_BILLING_TOTAL_CYCLES',
  );
}
