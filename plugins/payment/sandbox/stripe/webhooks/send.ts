import type Stripe from 'stripe';
import type { DeliveryAttempt } from '../store/records.ts';
import type { World } from '../world.ts';
import { signatureHeader } from './sign.ts';

const TIMEOUT_MS = 10_000;

/** Posts one event to the webhook URL, freshly signed; `tamper` changes the body after signing. */
export async function sendOnce(
  world: World,
  event: Stripe.Event,
  tamper: boolean,
  stop: AbortSignal,
): Promise<DeliveryAttempt> {
  const startedAtMs = Date.now();
  const body = JSON.stringify(event, null, 2);
  const attempt = (result: { status?: number; error?: string }): DeliveryAttempt => ({
    at: new Date(startedAtMs).toISOString(),
    ...result,
    durationMs: Date.now() - startedAtMs,
    tampered: tamper,
  });
  try {
    const response = await fetch(world.webhookUrl ?? '', {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': signatureHeader(body, world.webhookSecrets, world.realNowMs()),
      },
      body: tamper ? tampered(event) : body,
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

/** The same event claiming another amount, as a forger on the way would want it. */
function tampered(event: Stripe.Event): string {
  const object = { ...event.data.object, amount: 1, amount_received: 1 };
  return JSON.stringify({ ...event, data: { object } }, null, 2);
}
