import type { DeliveryAttempt, EventRecord } from '../store/records.ts';

const TIMEOUT_MS = 10_000;

/** How a provider writes and signs a webhook. */
export interface WebhookFormat {
  /** The body that is signed. */
  body(event: EventRecord): string;
  /** A body that differs from the signed one. */
  tampered(event: EventRecord): string;
  /** The headers of one attempt, signed anew each time. */
  headers(body: string): Record<string, string>;
}

/** One attempt to hand an event over; `tamper` changes the body after signing. */
interface Sending {
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
    return attempt({ error: error instanceof Error ? codeOf(error) : 'unknown' });
  }
}

function codeOf(error: Error): string {
  const cause = error.cause as { code?: unknown } | undefined;
  return typeof cause?.code === 'string' ? cause.code : error.name;
}
