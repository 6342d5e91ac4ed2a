import { webhook } from '#runtime/contract/webhook.ts';
import { receiveWebhook } from './receive-webhook.ts';
import { configured } from '../providers/configured.ts';
// Loads the SDK with this function: it knows its provider, so that loading it later would only make the first
// call wait.
import '../providers/stripe/provider.ts';
import { readStripeEvent } from '../providers/stripe/webhook.ts';
import type { Services } from '../services.ts';

const PROVIDER = 'stripe';

export const stripeWebhook = webhook<Services>({
  summary: 'Verifies a delivery of Stripe, fetches its object and applies that',
  handle: (context) =>
    receiveWebhook(context, PROVIDER, async ({ rawBody, headers, receivedAtMs }) =>
      readStripeEvent(
        rawBody,
        headers['stripe-signature'],
        configured(context.services.config, PROVIDER),
        receivedAtMs,
      ),
    ),
});
