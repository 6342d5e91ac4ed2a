import type { Flow } from '../services.ts';
import type { Part, Root } from '../store/aggregate-store.ts';
import type { IdempotencyClaim, IdempotencyRecord } from '../store/idempotency.ts';
import { type Next, type State, aggregateChange, stateAfter } from './aggregate.ts';
import { type CommandOutcome, commandOperation } from './command-operation.ts';
import { type CommandSpec } from './command-spec.ts';
import type { Ended, OperationResult } from './durable-operation.ts';
import { type OpenOperation, begin, repeat, resume } from './execute.ts';

/** A command that has ended, successfully or in doubt; rejections are thrown. */
export type CommandEnded<R, P, A> = Ended<State<R, P>, CommandOutcome<A>>;
/** The result of a command in this invocation, or the stored response of its idempotency key. */
export type CommandResult<R, P, A> = OperationResult<State<R, P>, CommandOutcome<A>>;

/** Makes the command from the ids that an idempotency record holds. */
export type CommandOf<R extends Root, P extends Part, A> = (
  aggregateId: string,
  operationId: string,
) => CommandSpec<R, P, A>;

/** The aggregate before and after the intent is written; `before` is undefined for a new aggregate. */
export interface Intent<R, P> {
  readonly before?: State<R, P> | undefined;
  readonly next: State<R, P>;
  readonly operationId: string;
}

/**
 * Writes the intent of a command, then executes it.
 * @returns `stale` when the aggregate was changed after it was read
 * @throws ProblemError for a rejection
 */
export async function beginCommand<R extends Root, P extends Part, A>(
  flow: Flow,
  claim: IdempotencyClaim | undefined,
  commandOf: CommandOf<R, P, A>,
  { before, next, operationId }: Intent<R, P>,
): Promise<CommandResult<R, P, A> | 'stale'> {
  const spec = commandOf(next.root.id, operationId);
  const { type, store } = spec.repository;
  const change = aggregateChange(flow, type, before, next);
  if (change === undefined) throw new TypeError('An intent changes something');
  const result = await begin(flow, claim, {
    subject: { type, id: next.root.id },
    operation: commandOperation(flow, spec),
    state: stateAfter(next, change),
    write: (records) => store.write(change, records),
    open: openCommand(flow, commandOf),
  });
  return result.kind === 'ended' || result.kind === 'replayed' ? result : 'stale';
}

const openCommand =
  <R extends Root, P extends Part, A>(
    flow: Flow,
    commandOf: CommandOf<R, P, A>,
  ): OpenOperation<State<R, P>, Next<R, P>, CommandOutcome<A>> =>
  async (aggregateId, operationId) => {
    const spec = commandOf(aggregateId, operationId);
    return { operation: commandOperation(flow, spec), state: await spec.repository.read() };
  };

/** See {@link repeat}. */
export const repeatCommand = <R extends Root, P extends Part, A>(
  flow: Flow,
  claim: IdempotencyClaim,
  record: IdempotencyRecord,
  commandOf: CommandOf<R, P, A>,
): Promise<CommandResult<R, P, A>> => repeat(flow, claim, record, openCommand(flow, commandOf));

/**
 * Resumes an open command whose invocation has died; a command that has ended is returned as it is.
 * @throws ProblemError 409 while its invocation may still run, or the rejection in which it ends
 */
export async function settleCommand<R extends Root, P extends Part, A>(
  flow: Flow,
  spec: CommandSpec<R, P, A>,
  state: State<R, P>,
): Promise<CommandEnded<R, P, A>> {
  const operation = commandOperation(flow, spec);
  if (!operation.isOpen(state)) return { kind: 'ended', state, status: spec.successStatus };
  return resume({ flow, operation }, state);
}
