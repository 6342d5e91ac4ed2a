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
  summary: 'Verifies what Stripe delivers, and applies what Stripe then says of the object',
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
