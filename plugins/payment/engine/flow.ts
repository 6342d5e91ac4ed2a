import type { Flow, Services } from '../services.ts';
import type { OperationContext } from '#runtime/contract/operation.ts';
import type { ChangeContext } from '../payments/model/change.ts';

/** Clocks of two invocations may differ by this much. */
const CLOCK_SKEW_MS = 1_000;

/** What has to remain for writing down the outcome after the provider has answered. */
const RESERVE_MS = 3_000;

/** Below this, a call to the provider is not even begun. */
const START_MIN_MS = 4_000;

export function flowOf<I>(context: OperationContext<I, Services>): Flow {
  return { ...context, cause: { kind: 'api', id: context.requestId }, actor: context.caller.subject };
}

export function changeContext(flow: Flow): ChangeContext {
  const { cause, actor, requestId, traceparent, services } = flow;
  return { cause, actor, requestId, traceparent, now: services.now() };
}

/** Epoch milliseconds after which this invocation cannot be alive any more: Lambda ends it at its timeout. */
export function lockUntil(flow: Flow): number {
  return flow.services.now().getTime() + flow.remainingMs() + CLOCK_SKEW_MS;
}

/** Milliseconds that a call to the provider may take, or `undefined` when it must not be begun. */
export function providerBudgetMs(flow: Flow): number | undefined {
  const remainingMs = flow.remainingMs();
  return remainingMs < START_MIN_MS ? undefined : remainingMs - RESERVE_MS;
}
