/**
 * The object that a provider's event names. Only ids: amounts and statuses are always fetched, because those in an
 * event may be outdated and not every provider signs them.
 */
export type EventSubject =
  /** An event type that is not handled; its object id is only published. */
  | { readonly kind: 'ignored'; readonly ref?: string | undefined }
  | {
      readonly kind: 'payment';
      readonly ref?: string | undefined;
      /** Our payment id as the object carries it. */
      readonly paymentId?: string | undefined;
      /** The deployment in the object's metadata. */
      readonly deployment?: string | undefined;
    }
  /** A change of a payment's refunds: all of them are fetched. */
  | {
      readonly kind: 'refund';
      /** The payment, where the event names it. */
      readonly ref?: string | undefined;
      /** The refund itself, where the event names it. */
      readonly refundRef?: string | undefined;
      readonly captureRef?: string | undefined;
      readonly paymentId?: string | undefined;
      readonly deployment?: string | undefined;
    }
  /** A reversal by the provider; `refundRef` is the object with its amount. */
  | { readonly kind: 'reversal'; readonly refundRef: string; readonly captureRef?: string | undefined }
  | { readonly kind: 'dispute'; readonly ref: string }
  /** A warning of fraud about a payment. */
  | { readonly kind: 'fraud_warning'; readonly ref: string; readonly paymentRef: string }
  | {
      readonly kind: 'subscription';
      readonly ref: string;
      /** Our subscription id as the object carries it. */
      readonly subscriptionId?: string | undefined;
      readonly deployment?: string | undefined;
    }
  /** A charge of a subscription: Stripe's invoice or PayPal's sale. */
  | {
      readonly kind: 'renewal';
      readonly ref: string;
      readonly subscriptionRef?: string | undefined;
    }
  /** The customer itself was changed or deleted, here or elsewhere. */
  | {
      readonly kind: 'customer';
      readonly ref: string;
      /** Our customer id as the object carries it, and the deployment that wrote it. */
      readonly customerId?: string | undefined;
      readonly deployment?: string | undefined;
    }
  /** A saved payment method changed or was detached elsewhere. */
  | {
      readonly kind: 'payment_method';
      readonly ref: string;
      readonly customerRef?: string | undefined;
    };

/** A verified event of a provider, in the terms of this plugin. */
export type ProviderEvent = { readonly id: string; readonly type: string } & EventSubject;

export type EventOf<K extends ProviderEvent['kind']> = Extract<ProviderEvent, { readonly kind: K }>;

/** The id of the object that an event names, for its record; empty when there is none. */
export function refOf(event: ProviderEvent): string {
  switch (event.kind) {
    case 'ignored':
      return event.ref ?? '';
    case 'reversal':
      return event.refundRef;
    case 'payment':
      return event.ref ?? event.paymentId ?? '';
    case 'refund':
      return event.ref ?? event.refundRef ?? event.captureRef ?? event.paymentId ?? '';
    case 'dispute':
    case 'fraud_warning':
    case 'subscription':
    case 'renewal':
    case 'customer':
    case 'payment_method':
      return event.ref;
  }
}

const REF = /^[\w.:-]{1,128}$/;

/** The form of an event's id at both providers; what has another one cannot be recorded or named in a call. */
export const EVENT_ID = /^[\w-]{1,255}$/;
/** Longer than every id and type of the providers, and short enough for the key of an item. */
const TEXT_CHARS_MAX = 255;

/** A text of an event, such as an id; undefined when it is empty, too long, or no text. */
export const eventText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= TEXT_CHARS_MAX ? value : undefined;

/** Whether an object has what every event has: an id and a type that can be recorded. */
export const isEvent = <T extends { readonly id?: unknown; readonly type?: unknown }>(
  event: T,
): event is T & { readonly id: string; readonly type: string } =>
  typeof event.id === 'string' && EVENT_ID.test(event.id) && eventText(event.type) !== undefined;

/** The subject of an event that is not handled; its object id is kept if it has the form of an id. */
export function ignoredSubject(object: unknown): EventSubject {
  const id: unknown = typeof object === 'object' && object !== null && 'id' in object ? object.id : undefined;
  return { kind: 'ignored', ...(typeof id === 'string' && REF.test(id) && { ref: id }) };
}
