/** A PaymentIntent as far as the model looks at it. */
export interface Intent {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly amount_received: number;
  readonly amount_capturable: number;
  readonly client_secret: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A refund as the provider has it. */
export interface ProviderRefund {
  readonly id: string;
  readonly payment_intent: string;
  readonly amount: number;
  readonly status: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ProviderDispute {
  readonly id: string;
  readonly payment_intent: string;
  readonly status: string;
}

export interface StripeEvent {
  readonly id: string;
  readonly type: string;
}

export interface Fault {
  readonly method: 'POST' | 'GET';
  readonly path: string;
  readonly times: number;
  readonly status?: number;
  readonly reset?: boolean;
  readonly after?: boolean;
  readonly delayMs?: number;
}
