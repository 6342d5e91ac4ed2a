import type { PaymentProvider } from '../providers/provider.ts';
import type { ProviderCall, ProviderName } from '../providers/provider-call.ts';
import type { ProviderErrorDetails } from '../providers/provider-error.ts';
import type { Flow } from '../services.ts';
import { type CallResult, type Faulted, callProvider } from './call-provider.ts';

/** One call to the provider that changes something, under a key that was recorded before it is made. */
export interface ProviderStep<A> {
  readonly provider: string;
  readonly idempotencyKey: string;
  /** When the operation began, ISO 8601. */
  readonly createdAt: string;
  request(provider: PaymentProvider, call: ProviderCall): Promise<A>;
  /** What the provider has of it, or `undefined`; for calls that may not simply be repeated once their key is forgotten. */
  lookUp?(provider: PaymentProvider, call: ProviderCall): Promise<A | undefined>;
  /** The object as it stands, for a call that is refused because of that. */
  fetch?(provider: PaymentProvider, call: ProviderCall): Promise<A | undefined>;
  /** Whether a refusal is about how the object stands; `already_done` is, unless this says otherwise. */
  isConflict?(details: ProviderErrorDetails): boolean;
  /**
   * Records another attempt with a key of its own; `undefined` when somebody has settled the operation meanwhile.
   * @throws ProblemError 409 when another invocation has taken the operation
   */
  renew(): Promise<ProviderStep<A> | undefined>;
  /**
   * For calls whose effect is found in a list that lags behind: a refusal of a repetition proves nothing until the
   * list was read, and a list without the object proves nothing until the operation is so old.
   */
  readonly absentAfterMs?: number;
}

/** What became of a step. Nothing may be given up while it is `in-doubt`. */
export type StepOutcome<A> =
  /** It is done; what a look-up found does not prove that it was this call which did it. */
  | { readonly kind: 'done'; readonly answer: A; readonly source: 'response' | 'look-up' }
  /** Refused because of how the object stands. */
  | { readonly kind: 'conflict'; readonly shown: A; readonly details: ProviderErrorDetails }
  /** Refused for good. */
  | { readonly kind: 'refused'; readonly details: ProviderErrorDetails }
  /** It did not happen, and the same call may be made again. */
  | { readonly kind: 'not-sent'; readonly code: string; readonly result: Faulted }
  | { readonly kind: 'in-doubt'; readonly result?: Faulted };

/** Refusals that come before the request is processed. */
const UNPROCESSED: ReadonlySet<string> = new Set(['auth', 'rate_limited']);

/** Makes the call for the first time. */
export async function performStep<A>(flow: Flow, step: ProviderStep<A>): Promise<StepOutcome<A>> {
  const result = await send(flow, step);
  if (step.absentAfterMs !== undefined && isStuck(result)) return renewed(flow, step);
  return outcomeOf(flow, step, result, false);
}

/** Makes the call again, after an invocation that may have made it. */
export async function repeatStep<A>(flow: Flow, step: ProviderStep<A>): Promise<StepOutcome<A>> {
  const { idempotencyKeyTtlMs } = await flow.services.provider(step.provider as ProviderName);
  // The provider may have forgotten the key, so it is asked what it has before anything is sent again.
  if (step.lookUp && ageMs(flow, step) > idempotencyKeyTtlMs) {
    const found = await lookUp(flow, step);
    if (found.kind !== 'absent') return found;
  }
  const result = await send(flow, step);
  if (isStuck(result)) return renewed(flow, step);
  // A repetition that was not processed says nothing of the first call.
  if (result.kind === 'unsent' || (result.kind === 'error' && UNPROCESSED.has(result.details.class)))
    return { kind: 'in-doubt', result };
  return outcomeOf(flow, step, result, true);
}

const send = <A>(flow: Flow, step: ProviderStep<A>): Promise<CallResult<A>> =>
  callProvider(flow, step.provider, step.idempotencyKey, (provider, call) => step.request(provider, call));

const ageMs = (flow: Flow, { createdAt }: ProviderStep<unknown>): number =>
  flow.services.now().getTime() - Date.parse(createdAt);

/** A provider may repeat even a 500 for a key. */
const isStuck = (result: CallResult<unknown>): boolean =>
  result.kind === 'error' && result.details.class === 'unknown' && result.details.replayed === true;

/** What the result of a call means. What may be given up depends on whether it can have happened. */
async function outcomeOf<A>(
  flow: Flow,
  step: ProviderStep<A>,
  result: CallResult<A>,
  isRepeated: boolean,
): Promise<StepOutcome<A>> {
  if (result.kind === 'ok') return { kind: 'done', answer: result.value, source: 'response' };
  if (result.kind === 'unsent') return { kind: 'not-sent', code: 'unsent', result };
  const { details } = result;
  switch (details.class) {
    case 'auth':
    case 'rate_limited':
      return { kind: 'not-sent', code: details.class, result };
    case 'in_progress':
    case 'unknown':
      return { kind: 'in-doubt' };
    case 'declined':
    case 'invalid':
    case 'already_done':
      return step.absentAfterMs === undefined
        ? refusalOf(flow, step, details)
        : listedRefusal(flow, step, details, isRepeated);
  }
}

async function refusalOf<A>(
  flow: Flow,
  step: ProviderStep<A>,
  details: ProviderErrorDetails,
): Promise<StepOutcome<A>> {
  if (details.class !== 'already_done' && !step.isConflict?.(details)) return { kind: 'refused', details };
  const found = await callProvider(flow, step.provider, undefined, async (provider, call) =>
    step.fetch?.(provider, call),
  );
  if (found.kind === 'ok' && found.value !== undefined)
    return { kind: 'conflict', shown: found.value, details };
  return details.class === 'already_done' ? { kind: 'in-doubt' } : { kind: 'refused', details };
}

async function listedRefusal<A>(
  flow: Flow,
  step: ProviderStep<A>,
  details: ProviderErrorDetails,
  isRepeated: boolean,
): Promise<StepOutcome<A>> {
  if (!isRepeated && details.class !== 'already_done') return { kind: 'refused', details };
  const found = await lookUp(flow, step);
  return found.kind === 'absent' ? { kind: 'refused', details } : found;
}

/** Makes another attempt with a new key for one whose key brings nothing new, once it is known that nothing exists. */
async function renewed<A>(flow: Flow, step: ProviderStep<A>): Promise<StepOutcome<A>> {
  const found = await lookUp(flow, step);
  if (found.kind !== 'absent') return found;
  const isLagging = step.absentAfterMs !== undefined;
  if (isLagging && ageMs(flow, step) < step.absentAfterMs) return { kind: 'in-doubt' };
  const anew = await step.renew();
  if (anew === undefined) return { kind: 'in-doubt' };
  const result = await send(flow, anew);
  if (isLagging && result.kind !== 'ok') return { kind: 'in-doubt' };
  return outcomeOf(flow, anew, result, false);
}

async function lookUp<A>(
  flow: Flow,
  step: ProviderStep<A>,
): Promise<StepOutcome<A> | { readonly kind: 'absent' }> {
  const found = await callProvider(flow, step.provider, undefined, async (provider, call) =>
    step.lookUp?.(provider, call),
  );
  if (found.kind !== 'ok') return { kind: 'in-doubt' };
  return found.value === undefined
    ? { kind: 'absent' }
    : { kind: 'done', answer: found.value, source: 'look-up' };
}

/** Recorded keys of one operation differ by their attempt: `...-a2`. */
export const keyOfAttempt = (idempotencyKey: string, attempt: number): string =>
  `${idempotencyKey.replace(/-a\d+$/, '')}-a${attempt}`;

/** What the provider answered to a step, when it did or said how the object stands. */
export function answeredBy<A>(outcome: StepOutcome<A> | undefined): A | undefined {
  if (outcome?.kind === 'done') return outcome.answer;
  return outcome?.kind === 'conflict' ? outcome.shown : undefined;
}
