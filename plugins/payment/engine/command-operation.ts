import { type AnsweredOutcome, failureAnswer, performCall, wasNeverSent } from './perform-call.ts';
import type { CommandSpec } from './command-spec.ts';
import { answerAfter, refusalAbout } from './command-answers.ts';
import { problem } from '../errors.ts';
import type { Flow } from '../services.ts';
import type { Part, Root } from '../store/aggregate-store.ts';
import type { IdempotencyRelock } from '../store/idempotency.ts';
import { type Next, type State, aggregateChange, stateAfter } from './aggregate.ts';
import type { DurableOperation } from './durable-operation.ts';
import {
  NOT_ALLOWED,
  type ProviderCommand,
  failedWith,
  isOpen,
  succeeded,
} from './model/provider-command.ts';
import type { ProviderStep } from './provider-step.ts';

/** The outcome of a command. */
export type CommandOutcome<A> = AnsweredOutcome<A>;

/** The durable operation of a {@link CommandSpec}. */
export type CommandOperation<R extends Root, P extends Part, A> = DurableOperation<
  State<R, P>,
  Next<R, P>,
  CommandOutcome<A>
>;

/** The durable operation of a command whose intent is stored in its aggregate. */
export function commandOperation<R extends Root, P extends Part, A>(
  flow: Flow,
  spec: CommandSpec<R, P, A>,
): CommandOperation<R, P, A> {
  const { repository, commandOf, about } = spec;
  const changed = (state: State<R, P>, change: Partial<ProviderCommand>): State<R, P> =>
    spec.withCommand(state, { ...commandOf(state), ...change });
  const inDoubt = (state: State<R, P>): State<R, P> =>
    isOpen(commandOf(state))
      ? changed(state, { status: 'in_doubt', lockUntil: flow.services.now().getTime() })
      : state;
  const relock = async (
    state: State<R, P>,
    untilMs: number,
    { attempt, providerKey }: ProviderCommand,
    record?: IdempotencyRelock,
  ): Promise<State<R, P> | undefined> => {
    const next = changed(state, { attempt, providerKey, lockUntil: untilMs });
    const change = aggregateChange(flow, repository.type, state, next);
    if (change === undefined) throw new TypeError('A new lock is a change');
    const { kind } = await repository.store.write(change, { relock: record });
    return kind === 'committed' ? stateAfter(next, change) : undefined;
  };
  return {
    id: spec.operationId,
    about,
    repository,
    isOpen: (state) => isOpen(commandOf(state)),
    lockUntilOf: (state) => commandOf(state).lockUntil,
    relock: (state, untilMs, record) => relock(state, untilMs, commandOf(state), record),

    perform: (state, attempt) =>
      performCall(
        flow,
        {
          stepOn: (current) => stepOn(spec, current),
          relock,
          refusalOf: async (current, details) =>
            (await spec.refusal?.(current, details)) ?? refusalAbout(about, details),
        },
        commandOf(state),
        state,
        attempt,
      ),

    record: async (state, outcome, tries) =>
      outcome.kind === 'in-doubt' ? inDoubt(state) : recorded(spec, state, outcome, tries),

    answerOf(state, outcome) {
      switch (outcome.kind) {
        case 'done':
        case 'conflict':
          return answerAfter(spec, state);
        case 'refused':
        case 'not-sent':
        case 'in-doubt':
          return failureAnswer(outcome);
      }
    },

    async settledAnswer(state) {
      const { status, failureCode = '' } = commandOf(state);
      if (status !== 'failed' || failureCode === NOT_ALLOWED) return answerAfter(spec, state);
      return wasNeverSent(failureCode)
        ? { kind: 'released', error: problem('provider-unavailable') }
        : refusalAbout(about, { class: 'invalid', code: failureCode });
    },

    inDoubt,
  };
}

/** The provider call of a command, and how its outcome is looked up. */
function stepOn<R extends Root, P extends Part, A>(
  spec: CommandSpec<R, P, A>,
  state: State<R, P>,
): Omit<ProviderStep<A>, 'renew'> {
  const { providerKey: idempotencyKey, createdAt } = spec.commandOf(state);
  return {
    provider: state.root.provider,
    idempotencyKey,
    createdAt,
    request: (provider, call) => spec.request(provider, state, call),
    ...(spec.lookUp && { lookUp: async (provider, call) => spec.lookUp?.(provider, state, call) }),
    ...(spec.fetch && { fetch: async (provider, call) => spec.fetch?.(provider, state, call) }),
  };
}

/**
 * The step that records a known outcome of a command. One that another invocation has recorded already stays as it
 * is.
 */
async function recorded<R extends Root, P extends Part, A>(
  spec: CommandSpec<R, P, A>,
  state: State<R, P>,
  outcome: Exclude<CommandOutcome<A>, { readonly kind: 'in-doubt' }>,
  tries: number,
): Promise<Next<R, P>> {
  const failed = (current: Next<R, P>, code: string): Next<R, P> => {
    const command = spec.commandOf(current);
    if (!isOpen(command)) return current;
    const next = spec.onFailure(current, code);
    return { ...current, ...next, ...spec.withCommand(next, failedWith(command, code)) };
  };
  switch (outcome.kind) {
    case 'done': {
      // Another invocation wrote first: what it recorded may be newer than this response, so the object is fetched
      // again.
      const refreshed = tries > 1 ? await spec.refresh?.(state, outcome.answer) : undefined;
      const next = spec.onSuccess(state, refreshed ?? outcome.answer);
      const command = spec.commandOf(next);
      return isOpen(command) ? { ...next, ...spec.withCommand(next, succeeded(command)) } : next;
    }
    case 'conflict':
      return failed(spec.onSuccess(state, outcome.shown), NOT_ALLOWED);
    case 'refused':
      return failed(state, outcome.details.code);
    case 'not-sent':
      return failed(state, outcome.code);
  }
}
