import { ProblemError } from '#runtime/contract/errors.ts';
import { applyEvent, isTemporary } from '../webhooks/apply-event.ts';
import { type Applied } from '../webhooks/model/applied.ts';
import type { Flow } from '../services.ts';
import { callProvider } from '../engine/call-provider.ts';
import { configuredNames } from '../providers/configured.ts';
import type { ProviderEvent } from '../providers/event.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { JobRecord } from './persistence/due-store.ts';

/**
 * Providers retry a delivery for three days; older events are covered by the checks of each payment and by the
 * ledger.
 */
const WINDOW_MS = 3 * 86_400_000;
/** Events appear late in lists, so each window overlaps the one before. */
const OVERLAP_MS = 3_600_000;
/** Milliseconds for one page or event: with less time left, the rest waits for the next run. */
const STEP_MS = 12_000;

export interface GapResult {
  readonly events: number;
  readonly processed: number;
  /** Events of other deployments that share the provider's account. */
  readonly foreign: number;
  /** False when time ran out, the list could not be fetched, or an event failed: a later run resumes. */
  readonly complete: boolean;
}

/** The window that is being processed, and its progress. */
interface Progress {
  readonly since: Date;
  readonly until: Date;
  readonly cursor: string | undefined;
  /** An event in it could not be applied, so the window is processed again. */
  readonly failed: boolean;
}

/** Fetches events that no webhook delivered, and applies each like a webhook. */
export async function fetchMissed(flow: Flow): Promise<Readonly<Record<string, GapResult>>> {
  const results: Record<string, GapResult> = {};
  for (const name of configuredNames(flow.services.config)) results[name] = await fetchMissedOf(flow, name);
  return results;
}

async function fetchMissedOf(flow: Flow, name: ProviderName): Promise<GapResult> {
  const { store } = flow.services;
  const job = `gaps-${name}`;
  let record = await store.job(job);
  const done = record?.state['until'];
  let progress = resumedWindow(record?.state, flow.services.now());
  const counts = { events: 0, processed: 0, foreign: 0 };
  const save = async (state: JobRecord['state']): Promise<boolean> => {
    const saved = await store.saveJob(job, record, state);
    record = { version: (record?.version ?? 0) + 1, state };
    return saved;
  };
  while (flow.remainingMs() > STEP_MS) {
    const { since, until, cursor } = progress;
    const page = await callProvider(flow, name, undefined, ({ records }, call) =>
      records.missedEvents({ since, until, cursor }, call),
    );
    if (page.kind !== 'ok') {
      // The provider rejects an expired cursor: the window starts again.
      if (page.kind === 'error' && page.details.class === 'invalid' && cursor !== undefined)
        await save({ ...(done !== undefined && { until: done }) });
      break;
    }
    const { failed, finished } = await applyAll(flow, name, page.value.items, counts);
    if (!finished) break;
    progress = { ...progress, cursor: page.value.next, failed: progress.failed || failed };
    if (progress.cursor === undefined) {
      const reached = progress.failed ? done : progress.until.toISOString();
      const saved = await save({ ...(reached !== undefined && { until: reached }) });
      return { ...counts, complete: saved && !progress.failed };
    }
    if (!(await save(windowState(progress, done)))) break;
  }
  return { ...counts, complete: false };
}

function resumedWindow(state: JobRecord['state'] = {}, now: Date): Progress {
  const { cursor, from, to, until } = state;
  if (cursor !== undefined && from !== undefined && to !== undefined)
    return { since: new Date(from), until: new Date(to), cursor, failed: state['failed'] === 'yes' };
  const lastMs = until === undefined ? 0 : Date.parse(until) - OVERLAP_MS;
  const since = new Date(Math.max(lastMs, now.getTime() - WINDOW_MS));
  return { since, until: now, cursor: undefined, failed: false };
}

function windowState(
  { since, until, cursor, failed }: Progress,
  done: string | undefined,
): JobRecord['state'] {
  return {
    ...(done !== undefined && { until: done }),
    from: since.toISOString(),
    to: until.toISOString(),
    ...(cursor !== undefined && { cursor }),
    ...(failed && { failed: 'yes' }),
  };
}

/** One failing event must not block the others. */
async function applyAll(
  flow: Flow,
  name: ProviderName,
  events: readonly ProviderEvent[],
  counts: { events: number; processed: number; foreign: number },
): Promise<{ readonly failed: boolean; readonly finished: boolean }> {
  let failed = false;
  // Lists begin with the newest event; in order of time, fewer events fail because an earlier one is missing.
  for (const event of events.toReversed()) {
    if (flow.remainingMs() < STEP_MS) return { failed, finished: false };
    counts.events += 1;
    const outcome = await apply(flow, name, event);
    if (outcome === 'unreachable') return { failed: true, finished: false };
    if (outcome === 'failed') failed = true;
    if (outcome === 'foreign') counts.foreign += 1;
    if (outcome !== 'processed') continue;
    counts.processed += 1;
    flow.log.count('payment.webhook.recovered');
  }
  return { failed, finished: true };
}

async function apply(
  flow: Flow,
  name: ProviderName,
  event: ProviderEvent,
): Promise<Applied | 'failed' | 'unreachable'> {
  try {
    return await applyEvent(flow, name, event);
  } catch (error) {
    const code = error instanceof ProblemError ? error.code : undefined;
    flow.log.warn('A missed event could not be applied', { provider: name, eventId: event.id, code, error });
    return code === 'provider-unavailable' && isTemporary(error) ? 'unreachable' : 'failed';
  }
}
