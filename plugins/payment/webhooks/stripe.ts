import { type WebhookContext, type WebhookResult, webhook } from '#runtime/contract/webhook.ts';
import { isPaymentId } from '../domain/ids.ts';
import { problem } from '../errors.ts';
import { advance, mergeAndTell, mergedStep } from '../flows/advance.ts';
import type { Flow } from '../flows/flow.ts';
import { retrieve } from '../flows/send.ts';
import { configured } from '../providers/configured.ts';
import type { ProviderEvent } from '../providers/event.ts';
// Loads the SDK with this function: it knows its provider, so that loading it later would only make the first
// call wait.
import '../providers/stripe/provider.ts';
import { readStripeEvent } from '../providers/stripe/webhook.ts';
import type { Services } from '../services.ts';

const PROVIDER = 'stripe';

type PaymentEvent = Extract<ProviderEvent, { readonly kind: 'payment' }> & { readonly ref: string };

export const stripeWebhook = webhook<Services>({
  summary: 'Verifies what Stripe delivers, and applies what Stripe then says of the payment',
  async handle(context) {
    const { request, services, log } = context;
    const event = readStripeEvent(
      request.rawBody,
      request.headers['stripe-signature'],
      configured(services.config, PROVIDER),
      request.receivedAtMs,
    );
    log.debug('A verified webhook', { eventId: event.id, type: event.type });
    if (event.kind !== 'payment' || event.ref === undefined) return { outcome: 'ignored', eventId: event.id };
    return { ...(await apply(context, { ...event, ref: event.ref })), eventId: event.id };
  },
});

/** The event is only a hint: what counts is the object that Stripe has now. */
async function apply(context: WebhookContext<Services>, event: PaymentEvent): Promise<WebhookResult> {
  const { services, log } = context;
  const paymentId = isPaymentId(event.paymentId)
    ? event.paymentId
    : await services.store.findByRef(PROVIDER, event.ref);
  if (paymentId === undefined) return { outcome: 'ignored' };
  const { payment, seen } = await services.store.loadInbox(paymentId, PROVIDER, event.id);
  if (seen) return { outcome: 'duplicate' };
  if (payment === undefined) throw problem('payment-missing', { extensions: { paymentId } });
  const { provider, providerRef = event.ref } = payment;
  if (provider !== PROVIDER || providerRef !== event.ref) {
    log.warn('A webhook names a payment of ours that belongs to another object', {
      paymentId,
      eventId: event.id,
    });
    return { outcome: 'ignored' };
  }
  const flow: Flow = { ...context, cause: { kind: 'webhook', id: event.id }, actor: PROVIDER };
  const { outcome } = await advance(
    flow,
    payment,
    async (current) =>
      mergedStep(current, mergeAndTell(flow, current, await retrieve(flow, PROVIDER, event.ref))),
    { provider: PROVIDER, eventId: event.id, type: event.type, ref: event.ref },
  );
  return { outcome: outcome === 'duplicate' ? 'duplicate' : 'processed' };
}
