import { CredentialsRejectedError, type ProblemError } from '#runtime/contract/errors.ts';
import { within } from '#runtime/within.ts';
import { type PaymentErrorCode, problem } from '../errors.ts';
import { type PaymentProvider } from '../providers/provider.ts';
import { configuredNames } from '../providers/configured.ts';
import { ProviderError, type ProviderErrorDetails, providerCodeOf } from '../providers/provider-error.ts';
import { type ProviderCall, type ProviderName } from '../providers/provider-call.ts';
import type { StoredAnswer } from '../store/idempotency.ts';
import { providerBudgetMs } from './flow.ts';
import { type Flow } from '../services.ts';

/** The result of a call to the provider. `unsent`: the invocation had too little time left to start it. */
export type CallResult<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'error'; readonly details: ProviderErrorDetails }
  | { readonly kind: 'unsent' };

/** A call without a successful response. */
export type Faulted = Exclude<CallResult<unknown>, { readonly kind: 'ok' }>;

/**
 * Milliseconds that a call may exceed its budget: the adapter's own timeout comes first, because its error has more
 * details.
 */
const GRACE_MS = 250;

/**
 * Calls the provider within the remaining time of the invocation, and records the outcome for the health check.
 * @returns provider errors as values
 * @throws whatever else the adapter throws, which is a fault of ours
 */
export async function callProvider<T>(
  flow: Flow,
  name: string,
  idempotencyKey: string | undefined,
  request: (provider: PaymentProvider, call: ProviderCall) => Promise<T>,
): Promise<CallResult<T>> {
  const provider = await flow.services.provider(name as ProviderName);
  const budgetMs = providerBudgetMs(flow);
  if (budgetMs === undefined) return { kind: 'unsent' };
  const startedAt = performance.now();
  let method = 'none';
  const began = (named: string) => void (method = named);
  const measure = (outcome: string) =>
    flow.log.duration('payment.provider.duration', performance.now() - startedAt, {
      by: { provider: provider.name },
      fields: { call: method, outcome },
    });
  try {
    const call = { budgetMs, began, ...(idempotencyKey !== undefined && { idempotencyKey }) };
    // SDK timeouts apply to each step of a call, so a slow token request and a slow body together could exceed the
    // budget.
    const value = await within(request(provider, call), budgetMs + GRACE_MS, () => {
      throw new ProviderError({ class: 'unknown', code: 'timed_out' });
    });
    flow.services.health.observe(provider.name, 'ok');
    measure('ok');
    return { kind: 'ok', value };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { class: errorClass, code, requestId, httpStatus } = error.details;
    flow.services.health.observe(provider.name, errorClass);
    measure(errorClass);
    flow.log.warn('The provider call failed', {
      class: errorClass,
      code,
      httpStatus,
      sdkError: error.cause instanceof Error ? error.cause.name : undefined,
      providerRequestId: requestId,
    });
    flow.log.count(`payment.provider.${errorClass}`, 1, {
      by: { provider: provider.name },
      fields: { code },
    });
    return { kind: 'error', details: error.details };
  }
}

/** Fetches from the provider, by a call that changes nothing. @throws ProblemError 503 when the call fails */
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
 * Fetches an object of the provider; undefined when the provider has no such object, or no longer.
 * @throws ProblemError 503 when the fetch fails
 */
export async function readIfThere<T>(
  flow: Flow,
  name: string,
  request: (provider: PaymentProvider, call: ProviderCall) => Promise<T>,
): Promise<T | undefined> {
  const result = await callProvider(flow, name, undefined, request);
  if (result.kind === 'ok') return result.value;
  if (result.kind === 'error' && result.details.missing) return undefined;
  throw unavailable(result);
}

/**
 * Fetches an object for the secrets in it, which are never stored; undefined where this deployment no longer uses the
 * provider, or the provider no longer has the object.
 * @throws ProblemError 503 when the fetch fails or no time is left for it: a retry with the same key fetches again
 */
export async function readSecrets<T>(
  flow: Flow,
  name: string,
  request: (provider: PaymentProvider, call: ProviderCall) => Promise<T>,
): Promise<T | undefined> {
  const isUsed = configuredNames(flow.services.config).some((each) => each === name);
  return isUsed ? readIfThere(flow, name, request) : undefined;
}

/**
 * The 503 for a failed call. Rejected credentials make the runtime reload the configuration; a definitive rejection
 * of the request becomes the cause.
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
 * The error for a repeated call that was rejected because of our credentials: the runtime reloads the
 * configuration, although the outcome of the first call is still unknown.
 */
export const credentialsError = (result: Faulted | undefined): ProblemError | undefined =>
  result?.kind === 'error' && result.details.class === 'auth' ? unavailable(result) : undefined;

/** The member of a problem that names the provider's own code, where there is one. */
export function providerCodeMember(code: string | undefined): { readonly providerCode?: string } {
  const providerCode = providerCodeOf(code);
  return providerCode === undefined ? {} : { providerCode };
}

/** A problem that is stored as the response to an idempotency key. */
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
