import { type EventSubject, eventText, type ProviderEvent, ignoredSubject } from '../event.ts';
import { CUSTOMER_ID_KEY, DEPLOYMENT_KEY, PAYMENT_ID_KEY, SUBSCRIPTION_ID_KEY } from '../metadata-keys.ts';

/** The object of an event; every member may be missing or of any type. */
interface RawObject {
  readonly id?: unknown;
  readonly object?: unknown;
  readonly customer?: unknown;
  readonly invoice?: unknown;
  readonly metadata?: unknown;
  readonly parent?: unknown;
  readonly payment_intent?: unknown;
  readonly payment_method?: unknown;
}

/** A snapshot event as Stripe delivers and lists it; beyond its id and type nothing is taken for granted. */
export interface RawStripeEvent {
  readonly id: string;
  readonly type: string;
  readonly object?: unknown;
  readonly livemode?: unknown;
  /** The connected account that the event is about. */
  readonly account?: unknown;
  readonly data?: { readonly object?: unknown; readonly previous_attributes?: unknown } | undefined;
}

type Reader = (object: RawObject, event: RawStripeEvent) => EventSubject | undefined;

const payment: Reader = (object) => ofPayment('payment', object.id, object);
/** A charge without a payment intent is none of ours. */
const charge: Reader = (object) => ofPayment('payment', object.payment_intent, object);
/** A charge or a refund: both name the payment intent. */
const refund: Reader = (object) => ofPayment('refund', object.payment_intent, object);

const dispute: Reader = ({ id }) => (isText(id) ? { kind: 'dispute', ref: id } : undefined);

const fraudWarning: Reader = ({ id, payment_intent: paymentRef }) =>
  isText(id) && isText(paymentRef) ? { kind: 'fraud_warning', ref: id, paymentRef } : undefined;

const subscription: Reader = ({ id, metadata }) =>
  isText(id)
    ? {
        kind: 'subscription',
        ref: id,
        subscriptionId: eventText(member(metadata, SUBSCRIPTION_ID_KEY)),
        deployment: eventText(member(metadata, DEPLOYMENT_KEY)),
      }
    : undefined;

const customerRecord: Reader = ({ id, metadata }) =>
  isText(id)
    ? {
        kind: 'customer',
        ref: id,
        customerId: eventText(member(metadata, CUSTOMER_ID_KEY)),
        deployment: eventText(member(metadata, DEPLOYMENT_KEY)),
      }
    : undefined;

/** An invoice that no subscription made is not ours to follow. */
const invoice: Reader = ({ id, parent }) => {
  const subscriptionRef = member(member(parent, 'subscription_details'), 'subscription');
  return isText(id) && isText(subscriptionRef) ? { kind: 'renewal', ref: id, subscriptionRef } : undefined;
};

/** Names no subscription: whether its invoice belongs to one shows when that is fetched. */
const invoicePayment: Reader = ({ invoice: ref }) => (isText(ref) ? { kind: 'renewal', ref } : undefined);

/** A detached method names its customer only in `previous_attributes`. */
const paymentMethod: Reader = ({ id, customer }, { data }) =>
  isText(id)
    ? {
        kind: 'payment_method',
        ref: id,
        customerRef: eventText(customer) ?? eventText(member(data?.previous_attributes, 'customer')),
      }
    : undefined;

const setupIntent: Reader = ({ payment_method: ref, customer }) =>
  isText(ref) ? { kind: 'payment_method', ref, customerRef: eventText(customer) } : undefined;

/** The subject of an event by its type. */
const READERS: Readonly<Record<string, Reader>> = {
  'payment_intent.created': payment,
  'payment_intent.requires_action': payment,
  'payment_intent.processing': payment,
  'payment_intent.partially_funded': payment,
  'payment_intent.amount_capturable_updated': payment,
  'payment_intent.succeeded': payment,
  'payment_intent.payment_failed': payment,
  'payment_intent.canceled': payment,
  'charge.succeeded': charge,
  'charge.pending': charge,
  'charge.captured': charge,
  'charge.updated': charge,
  'charge.expired': charge,
  'charge.failed': charge,
  'charge.refunded': refund,
  'charge.refund.updated': refund,
  'refund.created': refund,
  'refund.updated': refund,
  'refund.failed': refund,
  'charge.dispute.created': dispute,
  'charge.dispute.updated': dispute,
  'charge.dispute.closed': dispute,
  'charge.dispute.funds_withdrawn': dispute,
  'charge.dispute.funds_reinstated': dispute,
  'customer.created': customerRecord,
  'customer.updated': customerRecord,
  'customer.deleted': customerRecord,
  'customer.subscription.created': subscription,
  'customer.subscription.updated': subscription,
  'customer.subscription.deleted': subscription,
  'customer.subscription.paused': subscription,
  'customer.subscription.resumed': subscription,
  'customer.subscription.trial_will_end': subscription,
  'customer.subscription.pending_update_applied': subscription,
  'customer.subscription.pending_update_expired': subscription,
  'invoice.paid': invoice,
  'invoice.payment_failed': invoice,
  'invoice.payment_action_required': invoice,
  'invoice_payment.paid': invoicePayment,
  'payment_method.attached': paymentMethod,
  'payment_method.detached': paymentMethod,
  'payment_method.updated': paymentMethod,
  'payment_method.automatically_updated': paymentMethod,
  'setup_intent.succeeded': setupIntent,
  'radar.early_fraud_warning.created': fraudWarning,
};

/** The types of events that say something here: what an endpoint at Stripe has to be subscribed to. */
export const handledEventTypes: readonly string[] = Object.keys(READERS);

/** Maps an event to its subject; `ignored` for an unhandled type or an event that names no object. */
export function toProviderEvent(event: RawStripeEvent): ProviderEvent {
  const { id, type, data } = event;
  const object = data?.object;
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  const subject = typeof object === 'object' && object !== null ? read?.(object, event) : undefined;
  return { id, type, ...(subject ?? ignoredSubject(object)) };
}

function ofPayment(kind: 'payment' | 'refund', ref: unknown, object: RawObject): EventSubject | undefined {
  if (!isText(ref)) return undefined;
  const { metadata } = object;
  const deployment = eventText(member(metadata, DEPLOYMENT_KEY));
  return { kind, ref, paymentId: eventText(member(metadata, PAYMENT_ID_KEY)), deployment };
}

const isText = (value: unknown): value is string => eventText(value) !== undefined;

/** An own member of what may be anything. */
function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
