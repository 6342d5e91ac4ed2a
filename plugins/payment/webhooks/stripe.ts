import { webhook } from '#runtime/contract/webhook.ts';
import { applyEvent } from '../flows/apply-event.ts';
import { configured } from '../providers/configured.ts';
// Loads the SDK with this function: it knows its provider, so that loading it later would only make the first
// call wait.
import '../providers/stripe/provider.ts';
import { readStripeEvent } from '../providers/stripe/webhook.ts';
import type { Services } from '../services.ts';

const PROVIDER = 'stripe';

export const stripeWebhook = webhook<Services>({
  summary: 'Verifies what Stripe delivers, and applies what Stripe then says of the object',
  async handle(context) {
    const { request, services, log } = context;
    const event = readStripeEvent(
      request.rawBody,
      request.headers['stripe-signature'],
      configured(services.config, PROVIDER),
      request.receivedAtMs,
    );
    log.debug('A verified webhook', { eventId: event.id, type: event.type });
    const flow = { ...context, cause: { kind: 'webhook', id: event.id }, actor: PROVIDER } as const;
    return { outcome: await applyEvent(flow, PROVIDER, event), eventId: event.id };
  },
});
