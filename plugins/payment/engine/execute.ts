import type { ProblemError } from '#runtime/contract/errors.ts';
import { within } from '#runtime/within.ts';
import { problem } from '../errors.ts';
import type { Flow } from '../services.ts';
import type {
  IdempotencyClaim,
  IdempotencyKey,
  IdempotencyOutcome,
  IdempotencyRecord,
  Subject,
} from '../store/idempotency.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { Records, Written } from '../store/records.ts';
import { refusalProblem } from './call-provider.ts';
import type { Answer, DurableOperation, Ended, OperationResult, Run } from './durable-operation.ts';
import { lockUntil } from './flow.ts';
import { keyOf, storedAnswer } from './idempotency.ts';
import { update } from './update.ts';

/** Loads an operation and its state by the ids in an idempotency record. */
export type OpenOperation<S, N, O> = (
  aggregateId: string,
  operationId: string,
) => Promise<{ readonly operation: DurableOperation<S, N, O>; readonly state: S }>;

/** The intent of an operation: the state with it, and how it is written. */
export interface Intent<S, N, O> {
  /** The aggregate that the idempotency record names. */
  readonly subject: Subject;
  readonly operation: DurableOperation<S, N, O>;
  readonly state: S;
  readonly write: (records: Records) => Promise<Written>;
  readonly open: OpenOperation<S, N, O>;
}

/** The write of an intent whose condition failed. */
export type NotBegun = Exclude<Written, { readonly kind: 'committed' | 'key-taken' }>;

/**
 * Writes the intent of an operation under its idempotency key, then executes it for the waiting client. A call whose
 * key has a record is answered from that.
 * @throws ProblemError for a rejection
 */
export async function begin<S, N, O>(
  flow: Flow,
  claim: IdempotencyClaim | undefined,
  { subject, operation, state, write, open }: Intent<S, N, O>,
  perform: (run: Run<S, N, O>, begun: S) => Promise<Ended<S, O>> = execute,
): Promise<OperationResult<S, O> | NotBegun> {
  const written = await write(claim ? { claim: { claim, subject, operationId: operation.id } } : {});
  if (written.kind === 'key-taken') {
    if (claim === undefined) throw new TypeError('Only a call with a key can find it taken');
    return repeat(flow, claim, written.record, open);
  }
  if (written.kind !== 'committed') return written;
  const run = { flow, operation, key: claim && keyOf(claim) };
  return inTime(run, state, perform(run, state));
}

/**
 * Writes the intent of an operation that no client waits for, then executes it.
 * @param inbox the webhook event to mark as processed with the outcome
 * @returns undefined when the condition of the write failed
 * @throws ProblemError for a rejection
 */
export async function beginOwn<S, N, O>(
  flow: Flow,
  { operation, state, write }: Intent<S, N, O>,
  inbox?: InboxEntry,
): Promise<Ended<S, O> | undefined> {
  const { kind } = await write({});
  return kind === 'committed' ? execute({ flow, operation, inbox }, state) : undefined;
}

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
  let answer: Answer | undefined;
  const write = (inbox?: InboxEntry) =>
    update(
      flow,
      operation.repository,
      state,
      (current, tries) => operation.record(current, outcome, tries),
      (after) => {
        answer = operation.answerOf(after, outcome);
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
  return { ...ended(run, recorded.state, answer ?? operation.answerOf(recorded.state, outcome)), outcome };
}

/** Milliseconds kept for the response; a little later the runtime itself answers `timed-out`. */
const ANSWER_MS = 400;

/**
 * Waits for the outcome of a written intent until the response has to be sent. A later invocation resumes the
 * operation, so the client gets 202 `in_doubt` instead of the runtime's `timed-out`, which names no operation.
 */
const inTime = <S, N, O>(
  { flow, operation }: Run<S, N, O>,
  state: S,
  work: Promise<Ended<S, O>>,
): Promise<Ended<S, O>> =>
  within(work, Math.max(0, flow.remainingMs() - ANSWER_MS), () => {
    flow.log.warn('No time left to wait for the outcome of a provider call');
    flow.log.count('payment.in_doubt');
    return { kind: 'ended', state: operation.inDoubt(state), status: 202 };
  });

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
  open: OpenOperation<S, N, O>,
): Promise<OperationResult<S, O>> {
  const answer = storedAnswer(flow, claim, record);
  if (answer !== undefined) return { kind: 'replayed', status: answer.status, body: answer.body };
  const { operation, state } = await open(record.subject.id, record.operationId);
  const run = { flow, operation, key: keyOf(claim) };
  if (operation.isOpen(state)) return inTime(run, state, resume(run, state, record.lockUntil));
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
      return { kind: 'ended', state, status: answer.status, body: answer.body };
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
