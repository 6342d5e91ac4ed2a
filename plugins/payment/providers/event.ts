/**
 * What a provider's event points at. Only ids: amounts and statuses are never taken from an event, because they
 * may be old, and because not every provider signs them.
 */
export type EventSubject =
  /** A type that changes nothing here; its object is only told of. */
  | { readonly kind: 'ignored'; readonly ref?: string | undefined }
  | {
      readonly kind: 'payment';
      readonly ref?: string | undefined;
      /** Our payment id as the object carries it. */
      readonly paymentId?: string | undefined;
      /** The deployment that the object names. */
      readonly deployment?: string | undefined;
    }
  /** Something about the refunds of a payment: all of them are looked at. */
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
  /** The provider itself took money back; `refundRef` is the object that shows how much. */
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

/** A verified event of a provider, in our words. */
export type ProviderEvent = { readonly id: string; readonly type: string } & EventSubject;

/** The id of the provider's object that an event is about, for the record; empty when there is none. */
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

/** The subject of an event that changes nothing here; its object is named as long as that looks like an id. */
export function ignoredSubject(object: unknown): EventSubject {
  const id: unknown = typeof object === 'object' && object !== null && 'id' in object ? object.id : undefined;
  return { kind: 'ignored', ...(typeof id === 'string' && REF.test(id) && { ref: id }) };
}
