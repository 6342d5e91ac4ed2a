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
 * An operation that survives the death of its invocation. Its intent, with the key of each call to the provider, is
 * written before the provider is called; the outcome is written afterwards. Whoever comes next finds it open and
 * carries it on under the same keys. `S`: the states of the aggregate; `N`: what a step makes of one; `O`: what became
 * of the calls.
 */
export interface DurableOperation<S, N, O> {
  /** Names the operation in the idempotency record of its caller. */
  readonly id: string;
  /** Members that say in the log what it is about. */
  readonly about: Readonly<Record<string, string>>;
  readonly repository: Repository<S, N>;
  /** Whether its outcome is not known yet. */
  isOpen(state: S): boolean;
  /** Epoch milliseconds until which the invocation that carries it out may still be alive. */
  lockUntilOf(state: S): number;
  /** Takes the lock of an abandoned operation, with that of its idempotency record; `undefined` when another did. */
  relock(state: S, untilMs: number, record: IdempotencyRelock | undefined): Promise<S | undefined>;
  /** Makes the calls to the provider. @throws ProblemError 409 when another invocation has taken the operation */
  perform(state: S, attempt: Attempt): Promise<Performed<S, O>>;
  /** The step that records the outcome; must also fit when a webhook has recorded it before. */
  record(state: S, outcome: O, tries: number): Promise<N>;
  /** The answer to the caller, given the state as it will be stored. */
  answerOf(state: S, outcome: O): Answer;
  /** The answer to the caller when somebody else has recorded the outcome. */
  settledAnswer(state: S): Promise<Answer>;
  /** The state of an operation whose outcome is unknown, and whose lock has ended. */
  inDoubt(state: S): S;
}

export interface Attempt {
  /** Whether an earlier invocation may have made the calls. */
  readonly isRepeated: boolean;
  /** The 409 for an operation that another invocation has. */
  readonly inProgress: () => ProblemError;
}

/** The outcome of the calls, and the state that they were last made with. */
export interface Performed<S, O> {
  readonly outcome: O;
  readonly state: S;
}

/** How a call is answered, and with that how its idempotency record is left. */
export type Answer =
  | StoredAnswer
  /** 202, or `error` to the caller; the record waits for the outcome. */
  | { readonly kind: 'in_doubt'; readonly error?: ProblemError | undefined }
  /** Nothing happened: `error` to the caller, whose key may be used again. */
  | { readonly kind: 'released'; readonly error: ProblemError };

/** How an operation ended: known, or in doubt. Refusals are thrown. */
export interface Ended<S, O> {
  readonly kind: 'ended';
  readonly state: S;
  readonly status: number;
  /** What became of the calls, when they were made just now. */
  readonly outcome?: O | undefined;
}

/** An operation in one invocation. */
export interface Run<S, N, O> {
  readonly flow: Flow;
  readonly operation: DurableOperation<S, N, O>;
  /** The idempotency record to answer in, when the caller gave a key. */
  readonly key?: IdempotencyKey | undefined;
  /** The webhook event that is dealt with once the outcome is recorded. */
  readonly inbox?: InboxEntry | undefined;
}

/** The answer to a call: what came of it now, or what its key was answered before. */
export type OperationResult<S, O> =
  | Ended<S, O>
  | { readonly kind: 'replayed'; readonly status: number; readonly body: unknown };

/** Carries out an operation whose intent is written. @throws ProblemError for a refusal */
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
  // Another delivery of the event was faster, but the outcome must be recorded all the same.
  const recorded = written.applied === 'duplicate' ? await write() : written;
  return { ...ended(run, recorded.state, operation.answerOf(recorded.state, outcome)), outcome };
}

/** The same for a caller who waits: in doubt when the invocation ends before the outcome is recorded. */
export function executeInTime<S, N, O>(
  run: Run<S, N, O>,
  state: S,
  work: Promise<Ended<S, O>> = execute(run, state),
): Promise<Ended<S, O>> {
  const inDoubt = (): Ended<S, O> => ({ kind: 'ended', state: run.operation.inDoubt(state), status: 202 });
  return answerInTime(run.flow, work, inDoubt);
}

/**
 * Carries on an operation whose invocation is gone, under the recorded keys.
 * @param recordLockMs the lock of the idempotency record, as it was read
 * @throws ProblemError 409 while another invocation has it, or the refusal in which it ends
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
 * Deals with a key that has a record: its answer again, or what comes of carrying the operation on.
 * @param open finds the operation and its state by the ids in the record
 * @throws ProblemError 422 for another request, 409 while the first call runs, or the refusal that was kept
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

/** How the record of a key is left. */
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

/** @throws ProblemError for every answer that is none of success or doubt */
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
