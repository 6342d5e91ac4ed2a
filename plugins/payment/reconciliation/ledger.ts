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
/** PayPal's books show a transaction up to three hours late. */
const LAG_MS = 4 * 3_600_000;
/** How far back it is caught up with what nobody looked at: as far as the providers list their events. */
const DAYS_BACK_MAX = 30;
/** What a page, or one payment, may take: below it, the rest waits for the next run. */
const STEP_MS = 12_000;

/** What one day of a provider's books came to. */
export interface LedgerResult {
  readonly day: string;
  readonly compared: number;
  /** Payments that were not made here: by other systems, or by other deployments. */
  readonly foreign: number;
  readonly mismatches: number;
  readonly complete: boolean;
}

type Counts = Pick<LedgerResult, 'compared' | 'foreign' | 'mismatches'>;
interface Progress extends Counts {
  readonly day: string;
  readonly cursor: string | undefined;
  /** How many entries of the page at the cursor are compared. */
  readonly offset: number;
  readonly done: boolean;
}

/**
 * Compares the next whole day in the providers' books with ours, payment by payment. Carries on where the last
 * run stopped, and tells once per day and provider that it is done.
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
    // Told before it is written down, so that a crash in between tells it again, under the same id.
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

/** The day after one that is done, so that none is left out when nobody could look for some days. */
function nextDay(done: string, latest: string): string {
  const following = Date.parse(done) + DAY_MS;
  const earliest = Date.parse(latest) - (DAYS_BACK_MAX - 1) * DAY_MS;
  return new Date(Math.max(following, earliest)).toISOString().slice(0, 10);
}

/** A day that was begun is brought to its end before the next. */
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

function dayState({ day, cursor, offset, done, ...counts }: Progress): JobRecord['state'] {
  return {
    day,
    offset: String(offset),
    compared: String(counts.compared),
    foreign: String(counts.foreign),
    mismatches: String(counts.mismatches),
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
  books: { readonly provider: ProviderName; readonly day: string },
  entry: LedgerEntry,
): Promise<Verdict> {
  const { store } = flow.services;
  const paymentId = isPaymentId(entry.paymentId)
    ? entry.paymentId
    : await store.findByRef(books.provider, entry.ref);
  if (paymentId === undefined) return 'foreign';
  const payment = await store.get(paymentId);
  const { deployment = flow.services.deployment } = entry;
  if (payment === undefined && deployment !== flow.services.deployment) return 'foreign';
  if (payment !== undefined && differencesOf(payment, entry).length === 0) return 'agrees';
  const current = payment && (await syncedPayment(flow, payment));
  const differences = differencesOf(current, entry);
  if (current !== undefined && differences.length === 0) return 'agrees';
  await publishLedgerMismatch(flow, books, { ...entry, paymentId }, current, differences);
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

/** Books may count what is still on its way back, and what the provider took back itself, as refunded. */
function refundedOf({ refundedMinor, refundPendingMinor, lostMinor }: Payment, inLedger: number): number {
  const readings = [
    refundedMinor,
    refundedMinor + refundPendingMinor,
    refundedMinor + lostMinor,
    refundedMinor + refundPendingMinor + lostMinor,
  ];
  return readings.find((reading) => reading === inLedger) ?? refundedMinor;
}

/** A webhook may have been lost: the provider is asked for the whole payment before anybody is alarmed. */
async function syncedPayment(flow: Flow, payment: Payment): Promise<Payment> {
  try {
    return await reconcileRefunds(flow, await syncPayment(flow, payment));
  } catch (error) {
    flow.log.warn('A payment of the books could not be looked at', { paymentId: payment.id, error });
    return payment;
  }
}
