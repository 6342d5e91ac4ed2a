import type { Reply } from '#runtime/contract/reply.ts';
import { problem } from '../errors.ts';
import type { Flow } from '../services.ts';
import type { Part, Root } from '../store/aggregate-store.ts';
import type { IdempotencyClaim, IdempotencyRecord } from '../store/idempotency.ts';
import type { State } from './aggregate.ts';
import { type Intent, beginCommand, repeatCommand, settleCommand } from './command.ts';
import type { CommandOutcome } from './command-operation.ts';
import type { CommandSpec } from './command-spec.ts';
import type { Ended } from './durable-operation.ts';
import { validateOrReplay } from './validate-or-replay.ts';
import { type ProviderCommand, isOpen } from './model/provider-command.ts';
import { newCommand } from './new-command.ts';
import { type Answering, replyTo } from './reply.ts';
import { untilWritten } from './update.ts';

/** What is left to do for a call. */
export type Decision<R, P> =
  /** The aggregate has changed: read it again. */
  | 'stale'
  /** Nothing: the response shows this state. */
  | Omit<Ended<State<R, P>, never>, 'outcome'>
  /** The idempotency key has a record. */
  | { readonly kind: 'known'; readonly record: IdempotencyRecord }
  | ({ readonly kind: 'begin' } & Intent<R, P>);

/** A command of the API, and how it is answered. */
export interface CommandCall<R extends Root, P extends Part, A, V> {
  readonly commandOf: (flow: Flow, aggregateId: string, operationId: string) => CommandSpec<R, P, A>;
  readonly answering: Answering<State<R, P>, CommandOutcome<A>, V>;
  readonly claim?: IdempotencyClaim | undefined;
}

/**
 * Answers a call that comes to a command: decides by the current state what is left to do, and does it. After a
 * version conflict it decides again; a used idempotency key is answered by its record.
 * @param decide reads and checks, and writes nothing under the key; throws ProblemError for a rejection
 */
export function runCommand<R extends Root, P extends Part, A, V extends object>(
  flow: Flow,
  { commandOf, answering, claim }: CommandCall<R, P, A, V>,
  decide: () => Promise<Decision<R, P>>,
): Promise<Reply<V>> {
  const specOf = (aggregateId: string, operationId: string) => commandOf(flow, aggregateId, operationId);
  const replay = async (known: IdempotencyClaim, record: IdempotencyRecord) =>
    replyTo(await repeatCommand(flow, known, record, specOf), answering);
  const carryOut = async (decision: Decision<R, P>): Promise<Reply<V> | 'stale'> => {
    if (decision === 'stale') return decision;
    if (decision.kind === 'ended') return replyTo(decision, answering);
    if (decision.kind === 'begin') {
      const result = await beginCommand(flow, claim, specOf, decision);
      return result === 'stale' ? result : replyTo(result, answering);
    }
    if (claim === undefined) throw new TypeError('Only a call with a key can have a record');
    return replay(claim, decision.record);
  };
  return untilWritten(() =>
    validateOrReplay<Reply<V> | 'stale'>(flow, claim, {
      async validate() {
        const decision = await decide();
        return () => carryOut(decision);
      },
      replay,
    }),
  );
}

/** Nothing is left to do for this call. */
export const unchanged = <R, P>(state: State<R, P>): Decision<R, P> => ({
  kind: 'ended',
  state,
  status: 200,
});

/** A command that creates its aggregate. */
export const beginNew = <R extends Root, P>(root: R): Decision<R, P> => ({
  kind: 'begin',
  next: { root, parts: [] },
  operationId: root.id,
});

/** The next command of an aggregate or part. @param changed the state with what the command is to do */
export function beginNext<R extends Root, P extends Part>(
  flow: Flow,
  spec: CommandSpec<R, P, unknown>,
  kind: ProviderCommand['kind'],
  before: State<R, P>,
  changed = before,
): Decision<R, P> {
  const { operationId } = spec;
  const command = newCommand(flow, kind, operationId, spec.commandOf(before).attempt + 1);
  return { kind: 'begin', before, next: spec.withCommand(changed, command), operationId };
}

/**
 * Resumes an open command before another may begin: its outcome decides what is left to do.
 * @param kind the command that is asked for: while the open one is of this kind and in doubt, the call is answered so
 * @param about the ids that the 409 names
 * @returns undefined when none is open
 * @throws ProblemError 409 while the outcome of another command is unknown, or the rejection in which it ends
 */
export async function settleOpen<R extends Root, P extends Part>(
  flow: Flow,
  latest: CommandSpec<R, P, unknown>,
  state: State<R, P>,
  kind?: ProviderCommand['kind'],
  about: Readonly<Record<string, string>> = latest.about,
): Promise<Decision<R, P> | undefined> {
  const command = latest.commandOf(state);
  if (!isOpen(command)) return undefined;
  const settled = await settleCommand(flow, latest, state);
  if (settled.status !== 202) return 'stale';
  if (command.kind !== kind) throw problem('operation-in-progress', { extensions: about });
  return { kind: 'ended', state: settled.state, status: settled.status };
}

/** How a command is stored that belongs to the root of its aggregate. */
export const rootCommand = {
  commandOf: ({ root }: { readonly root: { readonly call: ProviderCommand } }) => root.call,
  withCommand: <R, P>({ root, parts }: State<R, P>, call: ProviderCommand): State<R, P> => ({
    root: { ...root, call },
    parts,
  }),
};

/** The members that all new aggregates have, with their creation at the provider as the first command. */
export function newRoot(flow: Flow, prefix: 'cus' | 'sub', tenant: string) {
  const { services } = flow;
  const id = services.newId(prefix);
  const createdAt = services.now().toISOString();
  return {
    id,
    deployment: services.deployment,
    tenant,
    status: 'initiating' as const,
    call: newCommand(flow, 'create', id),
    version: 0,
    seq: 0,
    createdAt,
    updatedAt: createdAt,
  };
}
