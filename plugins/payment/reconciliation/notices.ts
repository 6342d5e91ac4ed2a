import { reconciliationCompleted, reconciliationMismatch } from '#events/catalog/index.ts';
import { domainEvent } from '../engine/model/event-envelopes.ts';
import type { Payment } from '../payments/model/payment.ts';
import type { Flow } from '../services.ts';
import { publishNotice } from '../engine/notices.ts';
import type { LedgerEntry } from '../providers/records.ts';
import type { LimitCounter } from './persistence/due-store.ts';

/** A differing field; as text, because it is for people. */
export interface Difference {
  readonly field: string;
  readonly recorded: string | null;
  readonly actual: string;
}

/** Publishes that a provider's ledger differs from a payment, or has one that is unknown here. */
export async function publishLedgerMismatch(
  flow: Flow,
  { day, provider }: { readonly day: string; readonly provider: string },
  entry: LedgerEntry,
  payment: Payment | undefined,
  differences: readonly Difference[],
): Promise<void> {
  const { ref: providerRef, paymentId, currency } = entry;
  flow.log.error('The ledger of a provider differs from a payment', {
    day,
    provider,
    providerRef,
    paymentId,
  });
  flow.log.count('payment.reconciliation.mismatch');
  const data = {
    day,
    what: payment === undefined ? ('payment_missing' as const) : ('payment_differs' as const),
    provider,
    providerRef,
    paymentId: payment?.id ?? paymentId,
    currency,
    differences: [...differences],
  };
  const id = `mismatch:${day}:${provider}:${providerRef}`;
  await publishNotice(flow, id, domainEvent(reconciliationMismatch, data), payment?.tenant);
}

/** Publishes that a counter of a daily limit differs from the sum of its payments. */
export async function publishLimitMismatch(
  flow: Flow,
  day: string,
  { key, tenant, scope, currency, usedMinor, count }: LimitCounter,
  actual: { readonly usedMinor: number; readonly count: number },
): Promise<void> {
  flow.log.error('A limit counter differs from its payments', { day, tenant, scope, currency });
  flow.log.count('payment.reconciliation.mismatch');
  const differences = [
    { field: 'usedMinor', recorded: String(usedMinor), actual: String(actual.usedMinor) },
    { field: 'count', recorded: String(count), actual: String(actual.count) },
  ].filter(({ recorded, actual: found }) => recorded !== found);
  const data = { day, what: 'limit_differs' as const, scope, currency, differences };
  await publishNotice(flow, `mismatch:${day}:${key}`, domainEvent(reconciliationMismatch, data), tenant);
}

/** Publishes that a day of a provider's ledger was compared. */
export async function publishLedgerCompleted(
  flow: Flow,
  data: {
    readonly day: string;
    readonly provider: string;
    readonly compared: number;
    readonly foreign: number;
    readonly mismatches: number;
  },
): Promise<void> {
  await publishNotice(
    flow,
    `completed:${data.day}:${data.provider}`,
    domainEvent(reconciliationCompleted, data),
  );
}
