import type { CallSource } from '#runtime/contract/operation.ts';
import type { ChainLink } from '#runtime/hash-chain.ts';
import type { LimitUse } from '../../limits/model/limit-use.ts';
import type { DisputeStatus } from '../../disputes/model/dispute-snapshot.ts';
import type { RefundStatus } from '../../refunds/model/refund-snapshot.ts';
import type { CaptureSnapshot, Failure } from './snapshot.ts';
import type { PaymentStatus } from './state.ts';

export type CaptureMethod = 'automatic' | 'manual';
/** `authorize` authorizes an approved payment; only providers whose payers approve first need it. */
export type OperationKind = 'create' | 'confirm' | 'authorize' | 'capture' | 'cancel';
export type OperationStatus = 'requested' | 'succeeded' | 'failed' | 'in_doubt';

/** The operation that excludes others until the provider's outcome is known. */
export interface ActiveOperation {
  readonly id: string;
  readonly kind: OperationKind;
  /** The amount that a capture has reserved; an automatic one captures all and reserves nothing. */
  readonly amountMinor?: number | undefined;
  /** A capture that is not final keeps the rest held. */
  readonly final?: boolean | undefined;
  /** Epoch milliseconds until which the invocation that runs it may still be alive. */
  readonly lockUntil: number;
}

/** A payment as it is stored. All amounts are minor units by ISO 4217 exponent. */
export interface Payment {
  readonly id: string;
  /** The deployment that the provider's object names; a repeated request must name the same one. */
  readonly deployment?: string | undefined;
  readonly tenant: string;
  readonly provider: string;
  readonly livemode: boolean;
  readonly status: PaymentStatus;
  /** Why it was canceled or failed: the provider's code or ours. */
  readonly reason?: string | undefined;
  readonly amountMinor: number;
  /** ISO 4217, lower case. */
  readonly currency: string;
  readonly captureMethod: CaptureMethod;
  readonly authorizedMinor: number;
  readonly capturableMinor: number;
  readonly capturedMinor: number;
  /** The refundable amount of what was captured. */
  readonly refundableMinor: number;
  /** The amount of pending refunds, and of those in doubt. */
  readonly refundPendingMinor: number;
  readonly refundedMinor: number;
  /** The amount lost to disputes and reversals. */
  readonly lostMinor: number;
  /** Whether a dispute blocks refunds. */
  readonly refundBlocked?: boolean | undefined;
  /** The status of each dispute or reversal, by the provider's id. */
  readonly disputes?:
    | Readonly<Record<string, { readonly status: DisputeStatus; readonly blocksRefunds: boolean }>>
    | undefined;
  /** The captures, oldest first, where the provider refunds captures and not payments. */
  readonly captures?: readonly CaptureSnapshot[] | undefined;
  /** Until when held money can be captured, ISO 8601, where the provider says so. */
  readonly captureBefore?: string | undefined;
  /** The provider's id of the payment; absent until its answer is known. */
  readonly providerRef?: string | undefined;
  readonly orderReference?: string | undefined;
  readonly customerId?: string | undefined;
  /** The subscription that made it, at the provider. */
  readonly subscriptionId?: string | undefined;
  readonly description?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly nextActionType?: string | undefined;
  /** The URL to which the provider sends the payer, also after a decline; stored only where it holds no secret. */
  readonly nextActionUrl?: string | undefined;
  /** The return URL from the creation. */
  readonly returnUrl?: string | undefined;
  readonly failure?: Failure | undefined;
  /** How often the payer tried and was declined. */
  readonly attempts: number;
  /** `mismatch`: the provider's object contradicts the payment, which needs manual review. */
  readonly flags: readonly string[];
  /** What it counts against the daily limits; absent where there are none. */
  readonly limitUses?: readonly LimitUse[] | undefined;
  /** The latest operation and what became of it. */
  readonly operation: LatestOperation;
  readonly activeOp?: ActiveOperation | undefined;
  /** By whom and why it was created, until its first log entry is written with the second. */
  readonly createdBy?: CreatedBy | undefined;
  /** W3C `traceparent` of the call that created it, where its trace is sampled. */
  readonly traceparent?: string | undefined;
  /** `hash` of the newest log entry; absent before the first one that has a hash. */
  readonly logHash?: string | undefined;
  /** When the reconciler checks it next, ISO 8601; absent when no change is expected, or it is in manual review. */
  readonly nextCheckAt?: string | undefined;
  /** How many checks since the last change found nothing new. */
  readonly checks?: number | undefined;
  /** Fence: grows with every write. */
  readonly version: number;
  /** Number of outbox entries so far; gapless. */
  readonly seq: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The initial state of every payment: nothing is authorized, captured or refunded. */
export const initialPaymentState = {
  status: 'initiating',
  authorizedMinor: 0,
  capturableMinor: 0,
  capturedMinor: 0,
  refundableMinor: 0,
  refundPendingMinor: 0,
  refundedMinor: 0,
  lostMinor: 0,
  attempts: 0,
  flags: [],
} as const satisfies Partial<Payment>;

/**
 * One provider call, stored before it is made. `providerKey`, its idempotency key at the provider, never changes
 * within an attempt.
 */
export interface PaymentOperation {
  readonly id: string;
  readonly paymentId: string;
  readonly kind: OperationKind;
  readonly status: OperationStatus;
  readonly providerKey: string;
  readonly attempt: number;
  readonly amountMinor?: number | undefined;
  /** The request parameters, which a repetition must send unchanged. */
  readonly request: PaymentOperationRequest;
  readonly failureCode?: string | undefined;
  readonly createdAt: string;
}

export interface PaymentOperationRequest {
  /** The provider's id of the customer. */
  readonly customerRef?: string | undefined;
  readonly paymentMethodId?: string | undefined;
  /** The method is a saved one. */
  readonly offSession?: boolean | undefined;
  readonly confirm?: boolean | undefined;
  readonly returnUrl?: string | undefined;
  readonly reason?: string | undefined;
  /** A capture that is not final keeps the rest held. */
  readonly final?: boolean | undefined;
}

/**
 * An operation as its payment holds it, until the next one begins. Payments written before operations were stored
 * with them, and those that a subscription created, have no record of its call here.
 */
export type LatestOperation = Pick<PaymentOperation, 'id' | 'kind' | 'status'> &
  Partial<Omit<PaymentOperation, 'id' | 'kind' | 'status' | 'paymentId'>>;

/** The operation as it is recorded with its payment; undefined when it is another one, or is recorded elsewhere. */
export function operationIn(
  { id: paymentId, operation }: Payment,
  operationId: string,
): PaymentOperation | undefined {
  const { id, kind, status, providerKey, request, createdAt, attempt = 1 } = operation;
  if (id !== operationId || providerKey === undefined || request === undefined || createdAt === undefined)
    return undefined;
  const { amountMinor, failureCode } = operation;
  return { id, paymentId, kind, status, providerKey, attempt, amountMinor, request, failureCode, createdAt };
}

/** Who or what changed a payment. */
export interface Cause {
  readonly kind: 'api' | 'webhook' | 'reconciler';
  /** Request id of the call, the provider's event id, or the schedule and time of the run. */
  readonly id: string;
}

/** What a log entry is about. */
export type LoggedOperation =
  | { readonly kind: OperationKind; readonly status: OperationStatus }
  | { readonly kind: 'refund'; readonly status: RefundStatus }
  | { readonly kind: 'dispute' | 'reversal'; readonly status: DisputeStatus };

/** One line of the append-only log: what one version changed. Entries of earlier releases have no hash. */
export interface LogEntry extends Partial<ChainLink> {
  readonly paymentId: string;
  readonly tenant: string;
  readonly version: number;
  readonly from: PaymentStatus | null;
  readonly to: PaymentStatus;
  readonly operation: LoggedOperation;
  readonly refundId?: string | undefined;
  /** The provider's id. */
  readonly disputeId?: string | undefined;
  /** The fields that changed, with their new values. */
  readonly delta: Readonly<Record<string, unknown>>;
  readonly cause: Cause;
  readonly actor: string;
  /** From where the actor called. */
  readonly source?: CallSource | undefined;
  readonly requestId: string;
  readonly at: string;
}

/** What the first log entry says beyond the new payment; without `requestId` it is the id of the cause. */
export type CreatedBy = Pick<LogEntry, 'cause' | 'actor' | 'source'> & Partial<Pick<LogEntry, 'requestId'>>;

/** The first log entry, while it is not written: nothing of the payment has changed but its lock and next check. */
export function unwrittenEntry(payment: Payment): LogEntry | undefined {
  const {
    id: paymentId,
    tenant,
    status: to,
    operation,
    amountMinor,
    currency,
    createdBy,
    createdAt,
    logHash: hash,
  } = payment;
  if (createdBy === undefined) return undefined;
  const { kind, status } = operation;
  return {
    paymentId,
    tenant,
    version: 1,
    from: null,
    to,
    operation: { kind, status },
    delta: { amountMinor, currency },
    requestId: createdBy.cause.id,
    ...createdBy,
    at: createdAt,
    ...(hash !== undefined && { hash }),
  };
}

/** The idempotency key that the provider gets: the same for every repetition of one attempt. */
export function providerKeyOf(
  stage: string,
  operationId: string,
  kind: OperationKind | 'refund',
  attempt: number,
): string {
  return `${stage}-${operationId}-${kind}${attempt > 1 ? `-a${attempt}` : ''}`;
}
