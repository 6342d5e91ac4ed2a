import type { RefundSnapshot } from '../../refunds/model/refund-snapshot.ts';
import type { PaymentStatus } from './state.ts';

/** Why the last attempt to pay did not work. `ref` tells one attempt from the next. */
export interface Failure {
  readonly code: string;
  readonly declineCode?: string | undefined;
  readonly ref?: string | undefined;
}

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
  /** The deployment that the object names. */
  readonly deployment?: string | undefined;
  readonly authorizedMinor: number;
  readonly capturableMinor: number;
  readonly capturedMinor: number;
  /** The captures whose money came in, oldest first, where the provider refunds captures and not payments. */
  readonly captures?: readonly CaptureSnapshot[] | undefined;
  /** Until when held money can be captured, ISO 8601, where the provider says so. */
  readonly captureBefore?: string | undefined;
  /** All refunds, where the provider's object lists them; nothing is said of them otherwise. */
  readonly refunds?: readonly RefundSnapshot[] | undefined;
  /** Canceled by us alone: the provider has no way to, and its object will go on to look as before. */
  readonly withdrawn?: boolean;
  /** Why the last attempt did not work; null when there was none, or a new one began. Absent: nothing is said of it. */
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
  /** Where the payer goes: an address without secrets, which may be stored and shown on every read. */
  readonly url?: string | undefined;
  /** The same where the address holds a secret: for the answer to one client only, never stored or logged. */
  readonly secretUrl?: string | undefined;
}

/** The snapshot of a payment that nothing was taken for, and never will be. */
export function withdraw(snapshot: Snapshot, reason: string | undefined): Snapshot {
  return { ...snapshot, status: 'canceled', reason, nextAction: undefined, withdrawn: true };
}

/** What a later look adds to an answer: a withdrawn payment stays so, unless money turned up meanwhile. */
export function refreshed(answer: Snapshot, fresh: Snapshot): Snapshot {
  const unpaid = fresh.status === 'requires_action' || fresh.status === 'approved';
  return answer.withdrawn && unpaid ? withdraw(fresh, answer.reason) : fresh;
}
