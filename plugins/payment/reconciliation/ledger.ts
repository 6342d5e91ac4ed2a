import { isPaymentId } from '../engine/model/ids.ts';
import type { Payment } from '../payments/model/payment.ts';
import type { Flow } from '../services.ts';
import { callProvider } from '../engine/call-provider.ts';
import { reconcileRefunds } from '../refunds/sync-refunds.ts';
import { syncPayment } from '../payments/sync-payment.ts';
import { configuredNames } from '../providers/configured.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { LedgerEntry } from '../providers/records.ts';
import type { JobRecord } from './persistence/due-store.ts';
import { type Difference, publishLedgerCompleted, publishLedgerMismatch } from './notices.ts';

const DAY_MS = 86_400_000;
/**
 * PayPal reports a transaction up to three hours late. https://developer.paypal.com/docs/api/transaction-search/v1/
 */
const LAG_MS = 4 * 3_600_000;
/** How many days back missed days are compared: as far as the providers list their events. */
const DAYS_BACK_MAX = 30;
/** Milliseconds for one page or payment: with less time left, the rest waits for the next run. */
const STEP_MS = 12_000;

/** The result of comparing one day of a provider's ledger. */
export interface LedgerResult {
  readonly day: string;
  readonly compared: number;
  /** Payments of other systems or deployments. */
  readonly foreign: number;
  readonly mismatches: number;
  readonly complete: boolean;
}

type Counts = Pick<LedgerResult, 'compared' | 'foreign' | 'mismatches'>;
interface Progress extends Counts {
  readonly day: string;
  readonly cursor: string | undefined;
  /** How many entries of the page at the cursor were compared. */
  readonly offset: number;
  readonly done: boolean;
}

/**
 * Compares the next whole day of each provider's ledger with our payments. Resumes where the last run stopped, and
 * publishes the completion once per day and provider.
 */
export async function compareLedgers(flow: Flow): Promise<Readonly<Record<string, LedgerResult>>> {
  const results: Record<string, LedgerResult> = {};
  for (const name of configuredNames(flow.services.config)) results[name] = await compareLedger(flow, name);
  return results;
}

async function compareLedger(flow: Flow, name: ProviderName): Promise<LedgerResult> {
  const { store } = flow.services;
  const latest = new Date(flow.services.now().getTime() - LAG_MS - DAY_MS).toISOString().slice(0, 10);
  const job = `ledger-${name}`;
  let record = await store.job(job);
  let progress = resumedDay(record?.state, latest);
  const from = new Date(`${progress.day}T00:00:00.000Z`);
  const to = new Date(from.getTime() + DAY_MS);
  while (!progress.done && flow.remainingMs() > STEP_MS) {
    const { cursor } = progress;
    const page = await callProvider(flow, name, undefined, ({ records }, call) =>
      records.ledger({ from, to, cursor }, call),
    );
    if (page.kind !== 'ok') break;
    const compared = await comparePage(flow, name, page.value.items, progress);
    progress = compared.offset < page.value.items.length ? compared : atNextPage(compared, page.value.next);
    // Published before the progress is saved: after a crash in between it is published again under the same id,
    // which deduplicates it.
    if (progress.done)
      await publishLedgerCompleted(flow, { provider: name, day: progress.day, ...countsOf(progress) });
    const state = dayState(progress);
    if (!(await store.saveJob(job, record, state))) break;
    record = { version: (record?.version ?? 0) + 1, state };
  }
  return { day: progress.day, ...countsOf(progress), complete: progress.done };
}

const atNextPage = (progress: Progress, next: string | undefined): Progress => ({
  ...progress,
  cursor: next,
  offset: 0,
  done: next === undefined,
});

const countsOf = ({ compared, foreign, mismatches }: Counts): Counts => ({ compared, foreign, mismatches });

/** The day after a completed one, so that none is skipped after days without a run. */
function nextDay(done: string, latest: string): string {
  const following = Date.parse(done) + DAY_MS;
  const earliest = Date.parse(latest) - (DAYS_BACK_MAX - 1) * DAY_MS;
  return new Date(Math.max(following, earliest)).toISOString().slice(0, 10);
}

/** The saved progress of an incomplete day, or the start of the next one. */
function resumedDay(state: JobRecord['state'] = {}, latest: string): Progress {
  const { day, cursor } = state;
  const number = (name: string): number => Number(state[name] ?? 0);
  if (day === undefined || (state['done'] === 'yes' && day < latest)) {
    const next = day === undefined ? latest : nextDay(day, latest);
    return { day: next, cursor: undefined, offset: 0, compared: 0, foreign: 0, mismatches: 0, done: false };
  }
  return {
    day,
    cursor,
    offset: number('offset'),
    compared: number('compared'),
    foreign: number('foreign'),
    mismatches: number('mismatches'),
    done: state['done'] === 'yes',
  };
}

function dayState({ cursor, done, ...progress }: Progress): JobRecord['state'] {
  return {
    ...Object.fromEntries(Object.entries(progress).map(([name, value]) => [name, String(value)])),
    ...(cursor !== undefined && { cursor }),
    ...(done && { done: 'yes' }),
  };
}

async function comparePage(
  flow: Flow,
  provider: ProviderName,
  entries: readonly LedgerEntry[],
  before: Progress,
): Promise<Progress> {
  let { compared, foreign, mismatches, offset } = before;
  for (const entry of entries.slice(offset)) {
    if (flow.remainingMs() < STEP_MS) break;
    const verdict = await compare(flow, { provider, day: before.day }, entry);
    if (verdict === 'foreign') foreign += 1;
    else compared += 1;
    if (verdict === 'mismatch') mismatches += 1;
    offset += 1;
  }
  return { ...before, compared, foreign, mismatches, offset };
}

type Verdict = 'agrees' | 'mismatch' | 'foreign';

async function compare(
  flow: Flow,
  day: { readonly provider: ProviderName; readonly day: string },
  entry: LedgerEntry,
): Promise<Verdict> {
  const { store } = flow.services;
  const paymentId = isPaymentId(entry.paymentId)
    ? entry.paymentId
    : await store.findByRef(day.provider, entry.ref);
  if (paymentId === undefined) return 'foreign';
  const payment = await store.get(paymentId);
  const { deployment = flow.services.deployment } = entry;
  if (payment === undefined && deployment !== flow.services.deployment) return 'foreign';
  if (payment !== undefined && differencesOf(payment, entry).length === 0) return 'agrees';
  const current = payment && (await syncedPayment(flow, payment));
  const differences = differencesOf(current, entry);
  if (current !== undefined && differences.length === 0) return 'agrees';
  await publishLedgerMismatch(flow, day, { ...entry, paymentId }, current, differences);
  return 'mismatch';
}

function differencesOf(payment: Payment | undefined, entry: LedgerEntry): readonly Difference[] {
  const { capturedMinor, currency, refundedMinor } = entry;
  const pairs = [
    { field: 'currency', recorded: payment?.currency, actual: currency },
    { field: 'capturedMinor', recorded: payment?.capturedMinor, actual: capturedMinor },
    {
      field: 'refundedMinor',
      recorded: payment && refundedOf(payment, refundedMinor),
      actual: refundedMinor,
    },
  ];
  return pairs
    .filter(({ recorded, actual }) => recorded !== actual)
    .map(({ field, recorded, actual }) => ({
      field,
      recorded: recorded === undefined ? null : String(recorded),
      actual: String(actual),
    }));
}

/**
 * Our refunded amount in the way the provider counts it: ledgers may include pending refunds, and disputes and
 * reversals.
 */
function refundedOf({ refundedMinor, refundPendingMinor, lostMinor }: Payment, inLedger: number): number {
  const readings = [
    refundedMinor,
    refundedMinor + refundPendingMinor,
    refundedMinor + lostMinor,
    refundedMinor + refundPendingMinor + lostMinor,
  ];
  return readings.find((reading) => reading === inLedger) ?? refundedMinor;
}

/** Reconciles the whole payment before a mismatch is reported, because a webhook may have been missed. */
async function syncedPayment(flow: Flow, payment: Payment): Promise<Payment> {
  try {
    return await reconcileRefunds(flow, await syncPayment(flow, payment));
  } catch (error) {
    flow.log.warn('A payment in the ledger could not be reconciled', { paymentId: payment.id, error });
    return payment;
  }
}
