import type { RefundSnapshot } from '../../refunds/model/refund-snapshot.ts';
import type { PaymentStatus } from './state.ts';

/** Why the last attempt to pay failed. `ref` distinguishes one attempt from the next. */
export interface Failure {
  readonly code: string;
  readonly declineCode?: string | undefined;
  readonly ref?: string | undefined;
}

/** The provider's current object in the terms of this plugin. All amounts are ISO 4217 minor units. */
export interface Snapshot {
  readonly ref: string;
  /** `undefined`: an unknown status; it changes nothing. */
  readonly status: PaymentStatus | undefined;
  readonly providerStatus: string;
  readonly reason?: string | undefined;
  readonly amountMinor: number;
  readonly currency: string;
  readonly livemode: boolean;
  /** Our id, as the provider's object carries it. */
  readonly paymentId: string | undefined;
  /** The deployment that the object names. */
  readonly deployment?: string | undefined;
  readonly authorizedMinor: number;
  readonly capturableMinor: number;
  readonly capturedMinor: number;
  /** The successful captures, oldest first, where the provider refunds captures and not payments. */
  readonly captures?: readonly CaptureSnapshot[] | undefined;
  /** Until when held money can be captured, ISO 8601, where the provider says so. */
  readonly captureBefore?: string | undefined;
  /** All refunds, where the provider's object lists them; undefined where it does not. */
  readonly refunds?: readonly RefundSnapshot[] | undefined;
  /** Canceled only here: the provider cannot cancel the object, whose status stays as it is. */
  readonly withdrawn?: boolean;
  /** Why the last attempt failed; null when there was none or a new one began. Absent: not reported. */
  readonly failure?: Failure | null | undefined;
  readonly nextAction?: NextAction | undefined;
  /** For the answer to the client only: never stored, logged or published. */
  readonly clientSecret?: string | undefined;
}

/** One capture as the provider has it. */
export interface CaptureSnapshot {
  readonly ref: string;
  readonly amountMinor: number;
}

/** What the payer has to do. */
export interface NextAction {
  readonly type: string;
  /** A URL without secrets, which may be stored and shown on every read. */
  readonly url?: string | undefined;
  /** A URL with a secret: for a single response, never stored or logged. */
  readonly secretUrl?: string | undefined;
}

/** The snapshot of a payment that is canceled only here. */
export function withdraw(snapshot: Snapshot, reason: string | undefined): Snapshot {
  return { ...snapshot, status: 'canceled', reason, nextAction: undefined, withdrawn: true };
}

/**
 * The response with a later snapshot merged in: a payment canceled only here stays canceled unless it was paid
 * meanwhile.
 */
export function refreshed(answer: Snapshot, fresh: Snapshot): Snapshot {
  const unpaid = fresh.status === 'requires_action' || fresh.status === 'approved';
  return answer.withdrawn && unpaid ? withdraw(fresh, answer.reason) : fresh;
}
