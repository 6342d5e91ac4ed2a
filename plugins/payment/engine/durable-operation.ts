import type { ProblemError } from '#runtime/contract/errors.ts';
import type { IdempotencyKey, IdempotencyRelock, StoredAnswer } from '../store/idempotency.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { Flow } from '../services.ts';
import type { Repository } from './update.ts';

/**
 * An operation that survives the death of its invocation. Its intent, with the idempotency key of each provider
 * call, is written before the provider is called, and the outcome afterwards. A later invocation that finds it open
 * resumes it with the same keys. `S`: the state of the aggregate; `N`: the state after a step; `O`: the outcome of
 * the calls.
 */
export interface DurableOperation<S, N, O> {
  /** The id of the operation in the idempotency record of its caller. */
  readonly id: string;
  /** The ids that the log names. */
  readonly about: Readonly<Record<string, string>>;
  readonly repository: Repository<S, N>;
  /** Whether its outcome is not known yet. */
  isOpen(state: S): boolean;
  /** Epoch milliseconds until which the invocation that executes it may still be alive. */
  lockUntilOf(state: S): number;
  /**
   * Acquires the lock of an abandoned operation, with that of its idempotency record.
   * @returns undefined when another invocation has acquired it
   */
  relock(state: S, untilMs: number, record: IdempotencyRelock | undefined): Promise<S | undefined>;
  /** Makes the calls to the provider. @throws ProblemError 409 when another invocation has acquired the lock */
  perform(state: S, attempt: Attempt): Promise<Performed<S, O>>;
  /**
   * The step that records the outcome. A webhook may have recorded it before. `tries` counts from 1; from 2 on,
   * `state` was read again after a version conflict.
   */
  record(state: S, outcome: O, tries: number): Promise<N>;
  /** The response to the caller, for the state as it will be stored. */
  answerOf(state: S, outcome: O): Answer;
  /** The response to the caller when another invocation has recorded the outcome. */
  settledAnswer(state: S): Promise<Answer>;
  /** The state of an operation whose outcome is unknown, with its lock released so that it can be resumed. */
  inDoubt(state: S): S;
}

/** One execution of an operation. */
export interface Attempt {
  /** Whether an earlier invocation may have made the calls. */
  readonly isRepeated: boolean;
  /** The 409 for an operation whose lock another invocation holds. */
  readonly inProgress: () => ProblemError;
}

/** The outcome of the calls, and the state that the last attempt was made with. */
export interface Performed<S, O> {
  readonly outcome: O;
  readonly state: S;
}

/** The response to a call, which also decides what its idempotency record becomes. */
export type Answer =
  | StoredAnswer
  /** 202, or `error` to the caller; the record stays open until the outcome is known. */
  | { readonly kind: 'in_doubt'; readonly error?: ProblemError | undefined }
  /** Nothing happened: `error` to the caller, and the key is released for a new try. */
  | { readonly kind: 'released'; readonly error: ProblemError };

/** An operation that succeeded or is in doubt (202). Rejections are thrown. */
export interface Ended<S, O> {
  readonly kind: 'ended';
  readonly state: S;
  readonly status: number;
  /** The response body of a success. */
  readonly body?: unknown;
  /** The outcome of the calls, when this invocation made them. */
  readonly outcome?: O | undefined;
}

/** An operation in one invocation. */
export interface Run<S, N, O> {
  readonly flow: Flow;
  readonly operation: DurableOperation<S, N, O>;
  /** The idempotency record that stores the response, when the caller gave a key. */
  readonly key?: IdempotencyKey | undefined;
  /** The webhook event to mark as processed with the write of the outcome. */
  readonly inbox?: InboxEntry | undefined;
}

/** The result of a call: of this execution, or the stored response of its idempotency key. */
export type OperationResult<S, O> =
  | Ended<S, O>
  | { readonly kind: 'replayed'; readonly status: number; readonly body: unknown };
