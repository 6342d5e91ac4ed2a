/** A payment as `GET /payments/{id}` answers; `clientSecret` comes with the answer to its creation alone. */
export interface Payment {
  readonly id: string;
  readonly status: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly provider: string;
  readonly providerRef?: string;
  readonly clientSecret?: string;
  readonly nextAction?: { readonly type: string; readonly url?: string };
  readonly refundedMinor: number;
  readonly refundableMinor: number;
  readonly orderReference?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly lastError?: { readonly code: string; readonly message?: string };
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** An event of a payment as `GET /dev/events` answers. */
export interface PaymentEvent {
  readonly id: string;
  readonly time: string;
  readonly detailType: string;
  readonly matchedRules: readonly string[];
  readonly detail: {
    readonly sequence: number;
    readonly cause?: { readonly kind: string };
  };
}

/** Statuses in which a payment stays. */
const ENDED: readonly string[] = ['succeeded', 'canceled', 'failed'];

export const hasEnded = ({ status }: Pick<Payment, 'status'>): boolean => ENDED.includes(status);
