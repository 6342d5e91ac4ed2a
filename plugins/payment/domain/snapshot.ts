import type { Failure } from './payment.ts';
import type { PaymentStatus } from './state.ts';

/** The provider's object as it is now, in our words. All amounts are ISO 4217 minor units. */
export interface Snapshot {
  readonly ref: string;
  /** `undefined`: a status that we do not know; changes nothing. */
  readonly status: PaymentStatus | undefined;
  readonly providerStatus: string;
  readonly reason?: string | undefined;
  readonly amountMinor: number;
  readonly currency: string;
  readonly livemode: boolean;
  /** Our id, as the provider's object carries it. */
  readonly paymentId: string | undefined;
  readonly authorizedMinor: number;
  readonly capturableMinor: number;
  readonly capturedMinor: number;
  readonly failure?: Failure | undefined;
  readonly nextAction?: NextAction | undefined;
  /** For the answer to the client only: never stored, logged or published. */
  readonly clientSecret?: string | undefined;
}

/** What the payer has to do. The URL holds a secret of the provider, so only the type is stored. */
export interface NextAction {
  readonly type: string;
  readonly url?: string | undefined;
}
