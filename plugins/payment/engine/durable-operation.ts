import type { ProblemError } from '#runtime/contract/errors.ts';
import { problem } from '../errors.ts';
import type { Flow } from '../services.ts';
import type {
  IdempotencyClaim,
  IdempotencyKey,
  IdempotencyOutcome,
  IdempotencyRecord,
  IdempotencyRelock,
  StoredAnswer,
} from '../store/idempotency.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { answerInTime } from './answer-in-time.ts';
import { refusalProblem } from './call-provider.ts';
import { lockUntil } from './flow.ts';
import { keyOf, storedAnswer } from './idempotency.ts';
import { type Repository, update } from './update.ts';

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

/**
 * Executes an operation whose intent is written.
 * @param isRepeated an earlier invocation may have made the calls
 * @throws ProblemError for a rejection
 */
export async function execute<S, N, O>(
  run: Run<S, N, O>,
  begun: S,
  isRepeated = false,
): Promise<Ended<S, O>> {
  const { flow, operation, key } = run;
  const { outcome, state } = await operation.perform(begun, {
    isRepeated,
    inProgress: () => inProgress(run),
  });
  const write = (inbox?: InboxEntry) =>
    update(
      flow,
      operation.repository,
      state,
      (current, tries) => operation.record(current, outcome, tries),
      (after) => {
        const answer = operation.answerOf(after, outcome);
        const isFinal = answer.kind === 'reply' || answer.kind === 'problem';
        return {
          idempotency: key && outcomeFor(key, operation.id, answer),
          inbox: isFinal ? inbox : undefined,
        };
      },
    );
  const written = await write(run.inbox);
  // Another delivery of the event was processed first, but the outcome of this operation still has to be recorded.
  const recorded = written.applied === 'duplicate' ? await write() : written;
  return { ...ended(run, recorded.state, operation.answerOf(recorded.state, outcome)), outcome };
}

/**
 * Executes an operation for a waiting client: answers 202 `in_doubt` when time runs out before the outcome is
 * recorded.
 */
export function executeInTime<S, N, O>(
  run: Run<S, N, O>,
  state: S,
  work: Promise<Ended<S, O>> = execute(run, state),
): Promise<Ended<S, O>> {
  const inDoubt = (): Ended<S, O> => ({ kind: 'ended', state: run.operation.inDoubt(state), status: 202 });
  return answerInTime(run.flow, work, inDoubt);
}

/**
 * Resumes an operation whose invocation has died, with the recorded idempotency keys.
 * @param recordLockMs `lockUntil` of the idempotency record as it was read, epoch milliseconds
 * @throws ProblemError 409 while another invocation holds the lock, or the rejection in which it ends
 */
export async function resume<S, N, O>(
  run: Run<S, N, O>,
  stored: S,
  recordLockMs?: number,
): Promise<Ended<S, O>> {
  const { flow, operation, key } = run;
  if (operation.lockUntilOf(stored) > flow.services.now().getTime()) throw inProgress(run);
  const untilMs = lockUntil(flow);
  const record =
    key && recordLockMs !== undefined ? { key, was: recordLockMs, lockUntil: untilMs } : undefined;
  const owned = await operation.relock(stored, untilMs, record);
  if (owned === undefined) throw inProgress(run);
  return execute(run, owned, true);
}

const inProgress = ({ key }: { readonly key?: IdempotencyKey | undefined }): ProblemError =>
  problem(key === undefined ? 'operation-in-progress' : 'idempotency-in-progress');

/**
 * Answers a call whose idempotency key has a record: replays the stored response, or resumes the open operation.
 * @param open loads the operation and its state by the ids in the record
 * @throws ProblemError 422 for a different request, 409 while the first call runs, or the stored rejection
 */
export async function repeat<S, N, O>(
  flow: Flow,
  claim: IdempotencyClaim,
  record: IdempotencyRecord,
  open: (
    aggregateId: string,
    operationId: string,
  ) => Promise<{ readonly operation: DurableOperation<S, N, O>; readonly state: S }>,
): Promise<OperationResult<S, O>> {
  const answer = storedAnswer(flow, claim, record);
  if (answer !== undefined) return { kind: 'replayed', status: answer.status, body: answer.body };
  const { operation, state } = await open(record.subject.id, record.operationId);
  const run = { flow, operation, key: keyOf(claim) };
  if (operation.isOpen(state)) return executeInTime(run, state, resume(run, state, record.lockUntil));
  const settled = await operation.settledAnswer(state);
  await operation.repository.complete(outcomeFor(run.key, operation.id, settled));
  return ended(run, state, settled);
}

/** What the idempotency record of a key becomes after a response. */
function outcomeFor(key: IdempotencyKey, operationId: string, answer: Answer): IdempotencyOutcome {
  switch (answer.kind) {
    case 'reply':
    case 'problem':
      return { ...key, operationId, kind: 'answered', answer };
    case 'in_doubt':
    case 'released':
      return { ...key, operationId, kind: answer.kind };
  }
}

/** The result for the caller. @throws ProblemError for every response that is neither a success nor in doubt */
function ended<S, N, O>({ flow, operation }: Run<S, N, O>, state: S, answer: Answer): Ended<S, O> {
  switch (answer.kind) {
    case 'reply':
      return { kind: 'ended', state, status: answer.status };
    case 'problem':
      throw refusalProblem(answer);
    case 'released':
      throw answer.error;
    case 'in_doubt':
      flow.log.warn('The outcome of an operation is unknown', { ...operation.about });
      flow.log.count('payment.in_doubt');
      if (answer.error !== undefined) throw answer.error;
      return { kind: 'ended', state, status: 202 };
  }
}
