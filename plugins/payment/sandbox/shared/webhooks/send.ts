import type { DeliveryAttempt, EventRecord } from '../store/records.ts';
import type { WebhookFormat } from './format.ts';

const TIMEOUT_MS = 10_000;

/** One attempt to hand an event over; `tamper` changes the body after signing. */
export interface Sending {
  readonly url: string;
  readonly event: EventRecord;
  readonly format: WebhookFormat;
  readonly tamper: boolean;
  readonly stop: AbortSignal;
}

/** Posts one event to the webhook URL, freshly signed. */
export async function sendOnce({ event, format, stop, tamper, url }: Sending): Promise<DeliveryAttempt> {
  const startedAtMs = Date.now();
  const body = format.body(event);
  const attempt = (result: { status?: number; error?: string }): DeliveryAttempt => ({
    at: new Date(startedAtMs).toISOString(),
    ...result,
    durationMs: Date.now() - startedAtMs,
    tampered: tamper,
  });
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: format.headers(body),
      body: tamper ? format.tampered(event) : body,
      signal: AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    return attempt({ status: response.status });
  } catch (error) {
    return attempt({ error: error instanceof Error ? describe(error) : 'unknown' });
  }
}

function describe(error: Error): string {
  const cause = error.cause as { code?: unknown } | undefined;
  return typeof cause?.code === 'string' ? cause.code : error.name;
}
