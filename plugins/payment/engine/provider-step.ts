import type { PaymentProvider } from '../providers/provider.ts';
import type { ProviderCall, ProviderName } from '../providers/provider-call.ts';
import type { ProviderErrorDetails } from '../providers/provider-error.ts';
import type { Flow } from '../services.ts';
import { type CallResult, type Faulted, callProvider } from './call-provider.ts';

/** A provider call as it is recorded before it is made. */
export interface RecordedCall {
  /** Its idempotency key at the provider. */
  readonly providerKey: string;
  /** Counts from 1; a new attempt gets a new key. */
  readonly attempt: number;
}

/** One provider call that changes something, with an idempotency key that is recorded before the call. */
export interface ProviderStep<A> {
  readonly provider: string;
  readonly idempotencyKey: string;
  /** When the operation began, ISO 8601. */
  readonly createdAt: string;
  request(provider: PaymentProvider, call: ProviderCall): Promise<A>;
  /**
   * Looks up the result of an earlier call; undefined when there is none. Needed where a call must not be repeated
   * once the provider has forgotten its key.
   */
  lookUp?(provider: PaymentProvider, call: ProviderCall): Promise<A | undefined>;
  /** Fetches the object after a call was rejected because of its state. */
  fetch?(provider: PaymentProvider, call: ProviderCall): Promise<A | undefined>;
  /** Whether a rejection is due to the object's state; `already_done` always is. */
  isConflict?(details: ProviderErrorDetails): boolean;
  /**
   * Records another attempt with a new key.
   * @returns undefined when another invocation has recorded the outcome meanwhile
   * @throws ProblemError 409 when another invocation has acquired the lock
   */
  renew(): Promise<ProviderStep<A> | undefined>;
  /**
   * Milliseconds after which a call that is missing in the provider's list is known not to have happened. Set where
   * that list lags behind: then a rejected repetition proves nothing until the list was read.
   */
  readonly absentAfterMs?: number;
}

/** The outcome of a provider call. While it is `in-doubt`, nothing that it reserved may be released. */
export type StepOutcome<A> =
  /** Done. A `look-up` does not prove that this call did it. */
  | { readonly kind: 'done'; readonly answer: A; readonly source: 'response' | 'look-up' }
  /** Rejected because of the object's state, which `shown` is. */
  | { readonly kind: 'conflict'; readonly shown: A; readonly details: ProviderErrorDetails }
  /** Rejected for good. */
  | { readonly kind: 'refused'; readonly details: ProviderErrorDetails }
  /** Not processed: the same call may be made again. */
  | { readonly kind: 'not-sent'; readonly code: string; readonly result: Faulted }
  | { readonly kind: 'in-doubt'; readonly result?: Faulted };

/** Error classes with which the provider rejects a request before processing it. */
const UNPROCESSED: ReadonlySet<string> = new Set(['auth', 'rate_limited']);

/** Makes the call, or repeats one that an earlier invocation may have made. */
export const runStep = <A>(flow: Flow, step: ProviderStep<A>, isRepeated: boolean): Promise<StepOutcome<A>> =>
  (isRepeated ? repeatStep : performStep)(flow, step);

async function performStep<A>(flow: Flow, step: ProviderStep<A>): Promise<StepOutcome<A>> {
  const result = await send(flow, step);
  if (step.absentAfterMs !== undefined && isStuck(result)) return renewed(flow, step);
  return outcomeOf(flow, step, result, false);
}

async function repeatStep<A>(flow: Flow, step: ProviderStep<A>): Promise<StepOutcome<A>> {
  const { idempotencyKeyTtlMs } = await flow.services.provider(step.provider as ProviderName);
  // The provider may have forgotten the key, so its state is looked up before the call is repeated.
  if (step.lookUp && ageMs(flow, step) > idempotencyKeyTtlMs) {
    const found = await lookUp(flow, step);
    if (found.kind !== 'absent') return found;
  }
  const result = await send(flow, step);
  if (isStuck(result)) return renewed(flow, step);
  // A repetition that was not processed proves nothing about the first call.
  if (result.kind === 'unsent' || (result.kind === 'error' && UNPROCESSED.has(result.details.class)))
    return { kind: 'in-doubt', result };
  return outcomeOf(flow, step, result, true);
}

const send = <A>(flow: Flow, step: ProviderStep<A>): Promise<CallResult<A>> =>
  callProvider(flow, step.provider, step.idempotencyKey, (provider, call) => step.request(provider, call));

const ageMs = (flow: Flow, { createdAt }: ProviderStep<unknown>): number =>
  flow.services.now().getTime() - Date.parse(createdAt);

/**
 * Whether the provider replays a server error: Stripe stores even a 500 under its key.
 * https://docs.stripe.com/api/idempotent_requests
 */
const isStuck = (result: CallResult<unknown>): boolean =>
  result.kind === 'error' && result.details.class === 'unknown' && result.details.replayed === true;

/**
 * Maps the result of a call to an outcome. A rejection of a repeated call proves nothing where the first call may
 * have succeeded.
 */
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

/**
 * Makes another attempt with a new key for a call whose old key only replays an error, once a look-up has shown
 * that nothing exists.
 */
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

/** One more attempt of a recorded call: the idempotency keys of its attempts differ by a suffix `-a2`, `-a3`, ... */
export function nextAttempt<C extends RecordedCall>(call: C): C {
  const attempt = call.attempt + 1;
  return { ...call, attempt, providerKey: `${call.providerKey.replace(/-a\d+$/, '')}-a${attempt}` };
}

/** The object that the provider returned for a step, or fetched after a conflict. */
export function answeredBy<A>(outcome: StepOutcome<A> | undefined): A | undefined {
  if (outcome?.kind === 'done') return outcome.answer;
  return outcome?.kind === 'conflict' ? outcome.shown : undefined;
}
