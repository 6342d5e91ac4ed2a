import { setTimeout as pause } from 'node:timers/promises';
import { Stripe } from 'stripe';
import type { StripeConfig } from '../../config.ts';
import { ProviderError, type ProviderErrorClass } from '../provider-error.ts';
import { type ProviderCall } from '../provider-call.ts';
import { classify } from './classify.ts';

const ATTEMPT_TIMEOUT_MS = 8_000;
const PAUSE_MS = 250;
const RETRIES_MAX: Readonly<Partial<Record<ProviderErrorClass, number>>> = {
  unknown: 1,
  in_progress: 1,
  rate_limited: 2,
};

/**
 * A client for one configuration, which tries every call once: {@link callStripe} repeats. The API version is
 * pinned: answers must keep the shape that the mapping knows.
 */
export function stripeClient(config: StripeConfig): Stripe {
  return new Stripe(config.secretKey, {
    apiVersion: (config.apiVersion ?? Stripe.API_VERSION) as typeof Stripe.API_VERSION,
    timeout: ATTEMPT_TIMEOUT_MS,
    maxNetworkRetries: 0,
    httpClient: tryingOnce(Stripe.createNodeHttpClient()),
    telemetry: false,
    ...(config.apiBase !== undefined && endpoint(config.apiBase)),
  });
}

/**
 * The SDK repeats a call on a closed connection although retries are off, and shows the last answer only: a
 * refusal after a lost answer would look like a call that never happened. It knows such errors by their code.
 */
function tryingOnce(inner: Stripe.HttpClient): Stripe.HttpClient {
  return {
    getClientName: () => inner.getClientName(),
    async makeRequest(...request) {
      try {
        return await inner.makeRequest(...request);
      } catch (error) {
        throw new Error('The connection to Stripe broke', { cause: error });
      }
    },
  };
}

function endpoint(apiBase: string) {
  const url = new URL(apiBase);
  const protocol = url.protocol === 'https:' ? ('https' as const) : ('http' as const);
  return { host: url.hostname, port: url.port || (protocol === 'https' ? 443 : 80), protocol };
}

/** The options of one try, which ends within the budget. */
export function requestOptions({ budgetMs, idempotencyKey }: ProviderCall): Stripe.RequestOptions {
  const timeout = Math.max(1, Math.min(ATTEMPT_TIMEOUT_MS, Math.floor(budgetMs)));
  return { timeout, ...(idempotencyKey !== undefined && { idempotencyKey }) };
}

/**
 * Runs one SDK call, repeats it with the same key while that may help and the budget lasts, and turns its errors
 * into {@link ProviderError}.
 */
export async function callStripe<T>(
  call: ProviderCall,
  request: (options: Stripe.RequestOptions) => Promise<T>,
): Promise<T> {
  const endsAt = Date.now() + call.budgetMs;
  let mayHaveActed = false;
  for (let tries = 0; ; tries += 1) {
    try {
      return await request(requestOptions({ ...call, budgetMs: endsAt - Date.now() }));
    } catch (error) {
      const found =
        error instanceof ProviderError ? error : new ProviderError(classify(error), { cause: error });
      const pauseMs = PAUSE_MS * 2 ** tries * (1 + Math.random());
      const inTime = Date.now() + pauseMs + ATTEMPT_TIMEOUT_MS < endsAt;
      if (!inTime || found.details.replayed || tries >= (RETRIES_MAX[found.details.class] ?? 0))
        throw mayHaveActed ? unproven(found) : found;
      mayHaveActed ||= call.idempotencyKey !== undefined && found.details.class !== 'rate_limited';
      await pause(pauseMs);
    }
  }
}

/** A rejection before processing proves nothing about an earlier attempt whose response was lost. */
function unproven(error: ProviderError): ProviderError {
  const { details } = error;
  if (details.class !== 'auth' && details.class !== 'rate_limited') return error;
  return new ProviderError({ ...details, class: 'unknown' }, { cause: error });
}

/** The SDK invents a key per call when none is given, which would not survive a crash. */
export function keyed(call: ProviderCall): ProviderCall {
  if (!call.idempotencyKey) throw new TypeError('A call that changes something needs an idempotency key');
  return call;
}
