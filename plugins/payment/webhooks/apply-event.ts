import { handle } from './handlers.ts';
import type { Applied } from './model/applied.ts';
import { ProblemError } from '#runtime/contract/errors.ts';
import type { ProviderEvent } from '../providers/event.ts';
import { ProviderError } from '../providers/provider-error.ts';
import { type ProviderName } from '../providers/provider-call.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { Flow } from '../services.ts';
import { inboxEntry } from './inbox.ts';

/** Attempts before an event is parked, so that the provider goes on delivering the others. */
const ATTEMPTS_MAX = 5;

/**
 * Milliseconds for which a record that the object names may be missing. It is written before the object is created,
 * so this covers table restores; later retries would only make the provider disable the endpoint.
 */
const MISSING_MAX_MS = 3_600_000;

/**
 * Applies a provider's event once, whether from a webhook, a replay or the list of missed events. Its object is
 * always fetched; the event only names it.
 * @param rawBody the delivered body, stored redacted for people
 * @throws ProblemError 503, or the fault itself, when it must be delivered again
 */
export async function applyEvent(
  flow: Flow,
  provider: ProviderName,
  event: ProviderEvent,
  rawBody?: Buffer,
): Promise<Applied> {
  const inbox = await inboxEntry(flow, provider, event, rawBody);
  try {
    const applied = await handle(flow, event, inbox);
    if (applied === 'foreign') flow.log.count('payment.webhook.foreign');
    if (applied !== 'ignored') return applied;
    return (await flow.services.store.receive(inbox)) ? 'ignored' : 'duplicate';
  } catch (error) {
    if (isTemporary(error) && !isMissing(error)) throw error;
    return failed(flow, inbox, error);
  }
}

const isMissing = (error: unknown): error is ProblemError =>
  error instanceof ProblemError && error.code === 'payment-missing';

/** Whether the provider, the database or another invocation caused the failure, not the event. */
export function isTemporary(error: unknown): boolean {
  // A definitive rejection by the provider is repeated at the next delivery.
  if (error instanceof ProblemError && error.cause instanceof ProviderError) return false;
  if (error instanceof ProblemError) return error.status === 503 || error.status === 409;
  return error instanceof Error && '$metadata' in error && error.name !== 'ValidationException';
}

/**
 * Counts the failure, and throws it so that the event is delivered again, until it is parked: after `ATTEMPTS_MAX`, or
 * after `MISSING_MAX_MS` while its record may still be written.
 */
async function failed(flow: Flow, inbox: InboxEntry, error: unknown): Promise<Applied> {
  const { provider, eventId, type } = inbox;
  const counted = await flow.services.store.countFailure(inbox);
  if (counted === undefined) return 'duplicate';
  const { attempts, receivedAt } = counted;
  const named = { provider, eventId, type, attempts };
  if (isMissing(error)) {
    flow.log.warn('The record of an event is missing', { ...named, ...error.extensions });
    flow.log.count('payment.webhook.missing');
    if (flow.services.now().getTime() - Date.parse(receivedAt) < MISSING_MAX_MS) throw error;
  } else {
    flow.log.error('An event could not be applied', { ...named, error });
    flow.log.count('payment.webhook.failed');
    if (attempts < ATTEMPTS_MAX) throw error;
  }
  return park(flow, inbox);
}

async function park(flow: Flow, { provider, eventId, type }: InboxEntry): Promise<Applied> {
  if (!(await flow.services.store.park(provider, eventId))) return 'duplicate';
  flow.log.error('An event was parked: replay it once its cause is fixed', { provider, eventId, type });
  flow.log.count('payment.webhook.parked');
  return 'ignored';
}
