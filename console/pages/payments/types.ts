/** A payment as the payment plugin answers. Amounts are in minor units of the currency by ISO 4217. */
export interface Payment {
  readonly id: string;
  readonly status: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly provider: string;
  readonly providerRef?: string;
  readonly captureMethod: string;
  readonly authorizedMinor: number;
  readonly capturableMinor: number;
  readonly capturedMinor: number;
  readonly refundableMinor: number;
  readonly refundPendingMinor: number;
  readonly refundedMinor: number;
  readonly refundStatus: string;
  readonly disputeStatus: string;
  readonly customerId?: string;
  readonly orderReference?: string;
  readonly description?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
  readonly operation?: { readonly kind: string; readonly status: string; readonly nextCheckAt?: string };
  readonly nextAction?: { readonly type: string; readonly url?: string };
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

export interface PaymentList {
  readonly payments: readonly Payment[];
  readonly cursor: string | null;
}

/** One entry of a payment's append-only log. */
export interface Transaction {
  readonly id: string;
  readonly version: number;
  readonly at: string;
  readonly from: string | null;
  readonly to?: string;
  readonly operation?: { readonly kind: string; readonly status: string };
  readonly cause: { readonly kind: string; readonly id?: string };
  readonly actor?: string;
  readonly delta: Readonly<Record<string, unknown>>;
  readonly requestId?: string;
}

export interface TransactionList {
  readonly transactions: readonly Transaction[];
  readonly cursor: string | null;
}

export interface Refund {
  readonly id: string;
  readonly status: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly reason?: string;
  readonly origin: string;
  readonly createdAt: string;
}

export interface Dispute {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly stage?: string;
  readonly reason?: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly dueBy?: string;
  readonly createdAt: string;
}

/** An event of a provider as the inbox of webhooks keeps it. */
export interface StoredEvent {
  readonly type: string;
  readonly objectId: string | null;
  readonly state: string;
  readonly attempts: number;
  readonly receivedAt: string;
  /** JSON without what is private; null where it is not kept. */
  readonly body: string | null;
}

/** An event as the local bus keeps it. */
export interface BusEvent {
  readonly id: string;
  readonly time: string;
  readonly detailType: string;
  readonly detail: {
    readonly id?: string;
    readonly occurredAt?: string;
    readonly sequence?: number;
    readonly traceparent?: string;
    readonly aggregate?: { readonly type: string; readonly id: string };
    readonly data?: unknown;
  };
}
