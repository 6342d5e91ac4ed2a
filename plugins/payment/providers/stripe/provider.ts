import type Stripe from 'stripe';
import type { StripeConfig } from '../../config.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { PAYMENT_ID_KEY, type PaymentProvider, type ProviderCall, ProviderError } from '../provider.ts';
import { callStripe, stripeClient } from './client.ts';
import { stepMinor, toStripeUnit } from './currencies.ts';
import { toCreateParams, toSnapshot } from './mapping.ts';

/** Stripe may forget a key after 24 hours. */
const KEY_TRUSTED_MS = 20 * 3_600_000;

/** Clocks of ours and of Stripe may differ by this much. */
const FIND_SKEW_SECONDS = 600;
const FIND_PAGE_SIZE = 100;
const FIND_INTENTS_MAX = 10_000;

/** The Stripe adapter of the provider port. */
export function stripeProvider(config: StripeConfig): PaymentProvider {
  const stripe = stripeClient(config);
  const intents = stripe.paymentIntents;
  const run = async (
    call: ProviderCall,
    request: (options: Stripe.RequestOptions) => Promise<Stripe.PaymentIntent>,
  ): Promise<Snapshot> => callStripe(call, async (options) => toSnapshot(await request(options)));

  return {
    name: 'stripe',
    livemode: isLiveKey(config.secretKey),
    capabilities: { confirmOnServer: true, search: true },
    keyTrustedMs: KEY_TRUSTED_MS,
    stepMinor,
    create: (request, call) =>
      run(keyed(call), (options) => intents.create(toCreateParams(request), options)),
    retrieve: (ref, call) => run(call, (options) => intents.retrieve(ref, {}, options)),
    find: (payment, call) => findIntent(intents, payment, call),
    capture: ({ ref, amountMinor, currency }, call) =>
      run(keyed(call), (options) =>
        intents.capture(ref, { amount_to_capture: toStripeUnit(amountMinor, currency) }, options),
      ),
    cancel: ({ ref, reason }, call) =>
      run(keyed(call), (options) => intents.cancel(ref, cancelParams(reason), options)),
    probe: (call) =>
      callStripe(call, async (options) => {
        const balance = await stripe.balance.retrieve({}, options);
        if (balance?.object !== 'balance')
          throw new ProviderError({ class: 'unknown', code: 'unexpected_answer' });
      }),
  };
}

/** Whether a secret or restricted key moves real money. */
export function isLiveKey(secretKey: string): boolean {
  return secretKey.startsWith('sk_live_') || secretKey.startsWith('rk_live_');
}

/** The SDK invents a key per call when none is given, which would not survive a crash. */
function keyed(call: ProviderCall): ProviderCall {
  if (!call.idempotencyKey) throw new TypeError('A call that changes something needs an idempotency key');
  return call;
}

function cancelParams(reason: string | undefined): Stripe.PaymentIntentCancelParams {
  return reason === undefined ? {} : { cancellation_reason: reason };
}

/** Lists by time of creation, which is strongly consistent; Stripe's search lags behind by minutes. */
function findIntent(
  intents: Stripe['paymentIntents'],
  { paymentId, createdAt }: { readonly paymentId: string; readonly createdAt: string },
  call: ProviderCall,
): Promise<Snapshot | undefined> {
  // Without an upper bound: a create may have been repeated hours after its payment was written down.
  const created = { gte: Math.floor(Date.parse(createdAt) / 1000) - FIND_SKEW_SECONDS };
  const endsAt = Date.now() + call.budgetMs;
  return callStripe(call, async (options) => {
    let seen = 0;
    for await (const intent of intents.list({ created, limit: FIND_PAGE_SIZE }, options)) {
      if (intent.metadata?.[PAYMENT_ID_KEY] === paymentId) return toSnapshot(intent);
      seen += 1;
      // Not found among so many proves nothing: the caller must not conclude that the object does not exist.
      if (seen >= FIND_INTENTS_MAX || Date.now() >= endsAt)
        throw new ProviderError({ class: 'unknown', code: 'too_many_intents' });
    }
    return undefined;
  });
}
