import type { CustomerSnapshot, MethodSnapshot } from '../customers/model/snapshots.ts';
import type { ProviderCall } from './provider-call.ts';

export interface CustomerRequest {
  readonly customerId: string;
  /** As in `CreateRequest`. */
  readonly deployment?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What changes of a customer: what is left out stays, null clears. */
export interface CustomerUpdate {
  readonly ref: string;
  readonly email?: string | null | undefined;
  readonly name?: string | null | undefined;
  /** Keys to set, and with null those to take away. */
  readonly metadata?: Readonly<Record<string, string | null>> | undefined;
}

export interface AttachRequest {
  readonly customerId: string;
  /** As in `CreateRequest`. */
  readonly deployment?: string | undefined;
  /** The provider's id of the customer; absent where it gets one with its first method. */
  readonly customerRef: string | undefined;
  /** The provider's token of the method; absent where the payer is sent to the provider to approve one. */
  readonly token?: string | undefined;
  readonly returnUrl?: string | undefined;
}

/** Customers and their saved ways to pay. Methods reject with `ProviderError` only. */
export interface Customers {
  /** `ref` is undefined where the provider names a customer only with its first method. */
  create(request: CustomerRequest, call: ProviderCall): Promise<{ readonly ref: string | undefined }>;
  /**
   * The customer as it is now; undefined where the provider keeps nothing of a customer but its saved methods.
   * A deleted one is shown as such; one that never was is refused as `missing`.
   */
  retrieve(ref: string, call: ProviderCall): Promise<CustomerSnapshot | undefined>;
  /** The customer afterwards; undefined where the provider keeps nothing of it. */
  update(request: CustomerUpdate, call: ProviderCall): Promise<CustomerSnapshot | undefined>;
  /**
   * Deletes the customer with its saved methods; one that is gone already succeeds. Refused as `invalid`, code
   * `subscriptions_live`, while it has subscriptions at the provider that are not to be canceled with it.
   */
  delete(
    request: { readonly ref: string; readonly cancelSubscriptions: boolean },
    call: ProviderCall,
  ): Promise<void>;
  attach(request: AttachRequest, call: ProviderCall): Promise<MethodSnapshot>;
  retrieveMethod(ref: string, call: ProviderCall): Promise<MethodSnapshot>;
  listMethods(customerRef: string, call: ProviderCall): Promise<readonly MethodSnapshot[]>;
  /** Detaching what is gone already succeeds. */
  detach(ref: string, call: ProviderCall): Promise<void>;
}
