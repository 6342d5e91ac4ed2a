import { type WebhookContext, type WebhookResult, webhook } from '#runtime/contract/webhook.ts';
import { isPaymentId } from '../domain/ids.ts';
import type { Payment } from '../domain/payment.ts';
import { problem } from '../errors.ts';
import { type Step, advance, mergeAndTell, mergedStep } from '../flows/advance.ts';
import { complete } from '../flows/complete.ts';
import type { Flow } from '../flows/flow.ts';
import { retrieve } from '../flows/send.ts';
import { configured } from '../providers/configured.ts';
import { certificateStore } from '../providers/paypal/certificates.ts';
import type { ProviderEvent } from '../providers/event.ts';
import { readPayPalEvent } from '../providers/paypal/event.ts';
import { postBack } from '../providers/paypal/post-back.ts';
// Loads the SDK with this function: it knows its provider, so that loading it later would only make the first
// call wait.
import '../providers/paypal/provider.ts';
import { verifyTransmission } from '../providers/paypal/webhook.ts';
import type { Services } from '../services.ts';

const PROVIDER = 'paypal';

type PaymentEvent = Extract<ProviderEvent, { readonly kind: 'payment' }>;

/** Certificates outlive a change of configuration: which of them are trusted is judged at every use. */
const certificates = certificateStore();

export const paypalWebhook = webhook<Services>({
  summary:
    'Verifies what PayPal delivers, applies what PayPal then says of the payment, and acts on approvals',
  async handle(context) {
    const { request, services, log } = context;
    const config = configured(services.config, PROVIDER);
    const verifier = { certificates, postBack: config.webhookPostBack ? postBack(config) : undefined };
    await verifyTransmission(request.rawBody, request.headers, config, verifier, request.receivedAtMs);
    const event = readPayPalEvent(request.rawBody);
    log.debug('A verified webhook', { eventId: event.id, type: event.type });
    if (event.kind !== 'payment') return { outcome: 'ignored', eventId: event.id };
    return { ...(await apply(context, event)), eventId: event.id };
  },
});

/** The event is only a hint, and its content is not even signed: what counts is the order that PayPal has now. */
async function apply(context: WebhookContext<Services>, event: PaymentEvent): Promise<WebhookResult> {
  const { services, log } = context;
  const paymentId = await paymentIdOf(services, event);
  if (paymentId === undefined) return { outcome: 'ignored' };
  const { payment, seen } = await services.store.loadInbox(paymentId, PROVIDER, event.id);
  if (seen) return { outcome: 'duplicate' };
  const ref = payment?.providerRef ?? event.ref;
  if (payment === undefined || ref === undefined)
    throw problem('payment-missing', { extensions: { paymentId } });
  if (payment.provider !== PROVIDER || (event.ref !== undefined && event.ref !== ref)) {
    log.warn('A webhook names a payment of ours that belongs to another object', {
      paymentId,
      eventId: event.id,
    });
    return { outcome: 'ignored' };
  }
  const flow: Flow = { ...context, cause: { kind: 'webhook', id: event.id }, actor: PROVIDER };
  const inbox = { provider: PROVIDER, eventId: event.id, type: event.type, ref };
  const advanced = await advance(flow, payment, (current) => look(flow, current, ref), inbox);
  if (advanced.outcome === 'duplicate') return { outcome: 'duplicate' };
  if (advanced.step.unfinished) {
    const { settled } = await complete(flow, advanced.payment, inbox);
    // Delivered again, it finds out what became of it.
    if (!settled) throw problem('provider-unavailable', { detail: 'The approval is not settled yet.' });
  }
  return { outcome: 'processed' };
}

async function paymentIdOf(
  { store }: Services,
  { paymentId, ref }: PaymentEvent,
): Promise<string | undefined> {
  if (isPaymentId(paymentId)) return paymentId;
  return ref === undefined ? undefined : store.findByRef(PROVIDER, ref);
}

async function look(flow: Flow, current: Payment, ref: string): Promise<Step> {
  const snapshot = await retrieve(flow, PROVIDER, ref);
  // Only a body says that this order belongs to a payment which does not know its order yet.
  if (current.providerRef === undefined && snapshot.paymentId !== current.id) return { next: current };
  const step = mergedStep(current, mergeAndTell(flow, current, snapshot));
  return { ...step, unfinished: step.next.status === 'approved' };
}
