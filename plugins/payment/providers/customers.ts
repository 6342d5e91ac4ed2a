import type { CustomerSnapshot, MethodSnapshot } from '../customers/model/snapshots.ts';
import type { ProviderCall } from './provider-call.ts';

/** A customer to create at the provider. */
export interface CustomerRequest {
  readonly customerId: string;
  /** As in `CreateRequest`. */
  readonly deployment?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Changes of a customer: a member left out stays, null clears it. */
export interface CustomerUpdate {
  readonly ref: string;
  readonly email?: string | null | undefined;
  readonly name?: string | null | undefined;
  /** Keys to set; null removes a key. */
  readonly metadata?: Readonly<Record<string, string | null>> | undefined;
}

/** A payment method to save for a customer. */
export interface AttachRequest {
  readonly customerId: string;
  /** As in `CreateRequest`. */
  readonly deployment?: string | undefined;
  /** The provider's id of the customer; absent where it gets one with its first method. */
  readonly customerRef: string | undefined;
  /** The provider's token of the method; absent where the payer first approves a method at the provider. */
  readonly token?: string | undefined;
  readonly returnUrl?: string | undefined;
}

/** Customers and their saved payment methods. Methods reject with `ProviderError` only. */
export interface Customers {
  /**
   * Creates a customer.
   * @returns `ref` undefined where the provider assigns an id with the first payment method only
   */
  create(request: CustomerRequest, call: ProviderCall): Promise<{ readonly ref: string | undefined }>;
  /**
   * Fetches a customer; undefined where the provider stores nothing about customers but their payment methods. A
   * deleted customer has status `deleted`.
   * @throws ProviderError with `missing` for an unknown id
   */
  retrieve(ref: string, call: ProviderCall): Promise<CustomerSnapshot | undefined>;
  /**
   * Updates a customer.
   * @returns the customer after the update; undefined where the provider stores nothing about it
   */
  update(request: CustomerUpdate, call: ProviderCall): Promise<CustomerSnapshot | undefined>;
  /**
   * Deletes a customer with its saved payment methods; deleting it again succeeds.
   * @throws ProviderError `invalid`, code `subscriptions_live`, while it has live subscriptions and
   * `cancelSubscriptions` is false
   */
  delete(
    request: { readonly ref: string; readonly cancelSubscriptions: boolean },
    call: ProviderCall,
  ): Promise<void>;
  /**
   * Attaches a payment method.
   * @returns status `requires_action` while the payer has to approve it at the provider
   */
  attach(request: AttachRequest, call: ProviderCall): Promise<MethodSnapshot>;
  /** Fetches a payment method; one that the provider no longer has is `detached` or rejected as `missing`. */
  retrieveMethod(ref: string, call: ProviderCall): Promise<MethodSnapshot>;
  /** All saved payment methods of a customer. */
  listMethods(customerRef: string, call: ProviderCall): Promise<readonly MethodSnapshot[]>;
  /** Detaches a payment method; detaching it again succeeds. */
  detach(ref: string, call: ProviderCall): Promise<void>;
}
