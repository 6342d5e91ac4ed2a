import { CredentialsRejectedError, type ProblemError } from '#runtime/contract/errors.ts';
import { within } from '#runtime/within.ts';
import { type PaymentErrorCode, problem } from '../errors.ts';
import { type PaymentProvider } from '../providers/provider.ts';
import { ProviderError, type ProviderErrorDetails, providerCodeOf } from '../providers/provider-error.ts';
import { type ProviderCall, type ProviderName } from '../providers/provider-call.ts';
import type { StoredAnswer } from '../store/idempotency.ts';
import { providerBudgetMs } from './flow.ts';
import { type Flow } from '../services.ts';

/** How a call to the provider ended. `unsent`: there was no time left to begin it. */
export type CallResult<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'error'; readonly details: ProviderErrorDetails }
  | { readonly kind: 'unsent' };

/** A call that did not come back with success. */
export type Faulted = Exclude<CallResult<unknown>, { readonly kind: 'ok' }>;

/** How long a call may take beyond its budget: the adapter's own limit tells more, and comes first. */
const GRACE_MS = 250;

/** Calls the provider within what is left of the invocation; its errors come back as values. */
export async function callProvider<T>(
  flow: Flow,
  name: string,
  idempotencyKey: string | undefined,
  request: (provider: PaymentProvider, call: ProviderCall) => Promise<T>,
): Promise<CallResult<T>> {
  const provider = await flow.services.provider(name as ProviderName);
  const budgetMs = providerBudgetMs(flow);
  if (budgetMs === undefined) return { kind: 'unsent' };
  try {
    const call = { budgetMs, ...(idempotencyKey !== undefined && { idempotencyKey }) };
    // SDKs count each step of a call: one that trickles, or waits for a token first, takes longer than it was given.
    const value = await within(request(provider, call), budgetMs + GRACE_MS, () => {
      throw new ProviderError({ class: 'unknown', code: 'timed_out' });
    });
    flow.services.health.observe(provider.name, 'ok');
    return { kind: 'ok', value };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { class: errorClass, code, requestId, httpStatus } = error.details;
    flow.services.health.observe(provider.name, errorClass);
    flow.log.warn('The provider did not do it', {
      class: errorClass,
      code,
      httpStatus,
      sdkError: error.cause instanceof Error ? error.cause.name : undefined,
      providerRequestId: requestId,
    });
    flow.log.count(`payment.provider.${errorClass}`);
    return { kind: 'error', details: error.details };
  }
}

/** What the provider says, by a call that changes nothing. @throws ProblemError 503 when it cannot be asked */
export async function readProvider<T>(
  flow: Flow,
  name: string,
  request: (provider: PaymentProvider, call: ProviderCall) => Promise<T>,
): Promise<T> {
  const result = await callProvider(flow, name, undefined, request);
  if (result.kind !== 'ok') throw unavailable(result);
  return result.value;
}

/**
 * The 503 for a call that did not go through. Refused credentials make the runtime read the configuration
 * again. A definitive refusal is its cause.
 */
export function unavailable(result: Faulted): ProblemError {
  if (result.kind === 'unsent') return problem('provider-unavailable');
  const { details } = result;
  if (details.class === 'auth') {
    const cause = new CredentialsRejectedError('The provider refuses the configured credentials');
    return problem('provider-unavailable', { cause });
  }
  const cause = details.class === 'invalid' ? new ProviderError(details) : undefined;
  return problem('provider-unavailable', { ...(cause && { cause }) });
}

/**
 * The error for a repetition that the provider refused because of our credentials, so that the configuration is read
 * again although nothing is known of the first call.
 */
export const credentialsError = (result: Faulted | undefined): ProblemError | undefined =>
  result?.kind === 'error' && result.details.class === 'auth' ? unavailable(result) : undefined;

/** The member of a problem that names the provider's own code, where there is one. */
export function providerCodeMember(code: string | undefined): { readonly providerCode?: string } {
  const providerCode = providerCodeOf(code);
  return providerCode === undefined ? {} : { providerCode };
}

/** An answer that is kept as a problem. */
export type StoredRefusal = Extract<StoredAnswer, { readonly kind: 'problem' }>;

/** A stored refusal as the problem it was. */
export function refusalProblem(
  stored: StoredRefusal,
  headers: Readonly<Record<string, string>> = {},
): ProblemError {
  const { code, detail, extensions } = stored;
  return problem(code as PaymentErrorCode, {
    ...(detail !== undefined && { detail }),
    ...(extensions && { extensions }),
    headers,
  });
}
