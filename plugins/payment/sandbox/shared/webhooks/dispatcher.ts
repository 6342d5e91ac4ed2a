import type { SandboxAccount } from '../account.ts';
import type { DeliveryAttempt, DeliveryRecord, DeliveryState } from '../store/records.ts';
import { webhookSettings } from './queue.ts';
import { sendOnce, type WebhookFormat } from './send.ts';

const IN_FLIGHT_MAX = 4;
const BACKOFF_MAX_MS = 30_000;
const ATTEMPTS_MAX = 60;

/** Sends due webhooks until it is closed; what is unsent stays in the store for the next start. */
interface Dispatcher {
  wake(): void;
  close(): Promise<void>;
}

/** Starts the sender; failed attempts are repeated after `backoffMs`, doubled each time up to 30 s. */
export function startDispatcher(
  account: SandboxAccount,
  format: WebhookFormat,
  backoffMs: number,
): Dispatcher {
  const stop = new AbortController();
  const inFlight = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;

  const wake = (): void => {
    clearTimeout(timer);
    if (stop.signal.aborted) return;
    const { mode } = webhookSettings(account);
    const waiting = account.store.inState('delivery', 'pending').filter(({ id }) => !inFlight.has(id));
    const due = waiting.filter(({ nextAttemptAtMs }) => nextAttemptAtMs <= Date.now());
    const later = waiting.filter((delivery) => !due.includes(delivery));
    const ready = mode === 'reverse' ? newestFirst(due, later) : due;
    const slots = (mode === 'reverse' ? 1 : IN_FLIGHT_MAX) - inFlight.size;
    for (const delivery of ready.slice(0, Math.max(0, slots))) start(delivery);
    if (later.length === 0) return;
    const nextMs = Math.min(...later.map(({ nextAttemptAtMs }) => nextAttemptAtMs));
    timer = setTimeout(wake, Math.max(1, nextMs - Date.now()));
  };

  const start = (delivery: DeliveryRecord): void => {
    const work = attempt(delivery).finally(() => {
      inFlight.delete(delivery.id);
      wake();
    });
    inFlight.set(delivery.id, work);
  };

  const attempt = async (delivery: DeliveryRecord): Promise<void> => {
    const event = account.store.get('event', delivery.event);
    if (!event) return account.store.delete('delivery', delivery.id);
    const tamper = webhookSettings(account).mode === 'tamper';
    const url = account.webhookUrl ?? '';
    const result = await sendOnce({ url, event, format, tamper, stop: stop.signal });
    // A reset or a shutdown while the request was under way leaves nothing to record.
    if (stop.signal.aborted || !account.store.get('delivery', delivery.id)) return;
    account.store.put('delivery', delivery.id, afterAttempt(delivery, result, backoffMs));
  };

  return {
    wake,
    close: async () => {
      stop.abort();
      clearTimeout(timer);
      await Promise.all(inFlight.values());
    },
  };
}

/** Newest first, and none before the window of the last new one has passed. */
function newestFirst(due: DeliveryRecord[], later: readonly DeliveryRecord[]): DeliveryRecord[] {
  const collecting = later.some(({ attempts }) => attempts.length === 0);
  return collecting ? [] : [...due].reverse();
}

function afterAttempt(delivery: DeliveryRecord, attempt: DeliveryAttempt, backoffMs: number): DeliveryRecord {
  const attempts = [...delivery.attempts, attempt];
  const accepted = attempt.status !== undefined && attempt.status >= 200 && attempt.status < 300;
  const givenUp: DeliveryState = attempts.length >= ATTEMPTS_MAX ? 'failed' : 'pending';
  const waitMs = Math.min(backoffMs * 2 ** (attempts.length - 1), BACKOFF_MAX_MS);
  return {
    ...delivery,
    attempts,
    state: accepted ? 'delivered' : givenUp,
    nextAttemptAtMs: Date.now() + waitMs,
  };
}
