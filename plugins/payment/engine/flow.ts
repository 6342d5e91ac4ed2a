import type { Flow, Services } from '../services.ts';
import type { OperationContext } from '#runtime/contract/operation.ts';
import type { ChangeContext } from '../payments/model/change.ts';

/** The largest clock difference expected between two invocations, in milliseconds. */
const CLOCK_SKEW_MS = 1_000;

/** Milliseconds kept for recording the outcome after the provider has answered. */
const RESERVE_MS = 3_000;

/** With less time left, no call to the provider is started. Milliseconds. */
const START_MIN_MS = 4_000;

/** The flow of an API call; its caller is the actor. */
export function flowOf<I>(context: OperationContext<I, Services>): Flow {
  return { ...context, cause: { kind: 'api', id: context.requestId }, actor: context.caller.subject };
}

/** The cause, the actor and the time for the events and log entries of a change. */
export function changeContext(flow: Flow): ChangeContext {
  const { cause, actor, source, requestId, traceparent, services } = flow;
  return { cause, actor, source, requestId, traceparent, now: services.now() };
}

/**
 * Epoch milliseconds after which this invocation is surely dead: Lambda stops it at its timeout, and clocks may
 * differ.
 */
export function lockUntil(flow: Flow): number {
  return flow.services.now().getTime() + flow.remainingMs() + CLOCK_SKEW_MS;
}

/** Milliseconds that a call to the provider may take; undefined when too little time is left to start one. */
export function providerBudgetMs(flow: Flow): number | undefined {
  const remainingMs = flow.remainingMs();
  return remainingMs < START_MIN_MS ? undefined : remainingMs - RESERVE_MS;
}
