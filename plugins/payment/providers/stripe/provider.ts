import type Stripe from 'stripe';
import type { StripeConfig } from '../../config.ts';
import type { Snapshot } from '../../payments/model/snapshot.ts';
import { type PaymentProvider } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import { type ProviderCall } from '../provider-call.ts';
import { unexpectedAnswer } from './answers.ts';
import { callStripe, keyed, stripeClient } from './client.ts';
import { toCreateParams } from './create-params.ts';
import { amountBounds } from './amount-bounds.ts';
import { exactUnit, stepMinor } from './currencies.ts';
import { stripeCustomers } from './customers.ts';
import { findIntent } from './find-intent.ts';
import { toSnapshot } from './mapping.ts';
import { stripeRefundsAndDisputes } from './refunds-and-disputes.ts';
import { ownerOf } from './owner.ts';
import { stripeRecords } from './records.ts';
import { stripeSubscriptions } from './subscriptions.ts';

/** Stripe may forget a key after 24 hours. */
const KEY_TRUSTED_MS = 20 * 3_600_000;

/** Until when held money can be captured stands on the charge, which comes along when it is asked for. */
const WITH_CHARGE = { expand: ['latest_charge'] };

/** The Stripe adapter of the provider port. */
export function stripeProvider(config: StripeConfig): PaymentProvider {
  const stripe = stripeClient(config);
  const intents = stripe.paymentIntents;
  const multipleCaptures = config.multicapture;
  const run = async (
    call: ProviderCall,
    request: (options: Stripe.RequestOptions) => Promise<Stripe.PaymentIntent>,
  ): Promise<Snapshot> => callStripe(call, async (options) => toSnapshot(await request(options)));

  return {
    name: 'stripe',
    livemode: isLiveKey(config.secretKey),
    capabilities: {
      confirmOnServer: true,
      clientSecrets: true,
      search: true,
      multipleCaptures,
      refundsPerCapture: false,
      cancelAtPeriodEnd: true,
      customersWithoutMethod: true,
      savedMethods: true,
    },
    idempotencyKeyTtlMs: KEY_TRUSTED_MS,
    stepMinor,
    amountBounds,
    async create(request, call) {
      const params = toCreateParams(request, config);
      return run(keyed(call), (options) => intents.create(params, options));
    },
    retrieve: (ref, call) => run(call, (options) => intents.retrieve(ref, WITH_CHARGE, options)),
    ownerOf: (object, call) => ownerOf(stripe, object, call),
    find: (payment, call) => findIntent(intents, payment, call),
    async confirm({ ref, paymentMethodId, returnUrl = config.returnUrl, offSession = false }, call) {
      const params = {
        payment_method: paymentMethodId,
        ...(returnUrl !== undefined && { return_url: returnUrl }),
        ...(offSession && { off_session: true }),
        ...WITH_CHARGE,
      };
      return run(keyed(call), (options) => intents.confirm(ref, params, options));
    },
    async capture(request, call) {
      const params = captureParams(request, multipleCaptures);
      return run(keyed(call), (options) => intents.capture(request.ref, params, options));
    },
    async cancel({ ref, reason }, call) {
      return run(keyed(call), (options) => intents.cancel(ref, cancelParams(reason), options));
    },
    probe: (call) =>
      callStripe(call, async (options) => {
        const balance = await stripe.balance.retrieve({}, options);
        if (balance?.object !== 'balance') throw unexpectedAnswer();
      }),
    refundsAndDisputes: stripeRefundsAndDisputes(stripe),
    customers: stripeCustomers(stripe),
    subscriptions: stripeSubscriptions(stripe),
    records: stripeRecords(stripe, config),
  };
}

/** Whether a secret or restricted key moves real money. */
export function isLiveKey(secretKey: string): boolean {
  return secretKey.startsWith('sk_live_') || secretKey.startsWith('rk_live_');
}

/** A capture is final unless it says otherwise, which only an intent that was made for it allows. */
function captureParams(
  { amountMinor, currency, final = true }: Parameters<PaymentProvider['capture']>[0],
  multipleCaptures: boolean,
): Stripe.PaymentIntentCaptureParams {
  const amount = { amount_to_capture: exactUnit(amountMinor, currency) };
  if (final) return amount;
  if (!multipleCaptures) throw new ProviderError({ class: 'invalid', code: 'multicapture_off' });
  return { ...amount, final_capture: false, ...WITH_CHARGE };
}

function cancelParams(reason: string | undefined): Stripe.PaymentIntentCancelParams {
  return reason === undefined ? {} : { cancellation_reason: reason };
}
