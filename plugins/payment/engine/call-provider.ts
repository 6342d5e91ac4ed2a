import { CredentialsRejectedError, type ProblemError } from '#runtime/contract/errors.ts';
import { within } from '#runtime/within.ts';
import { lastErrorOf } from '../payments/model/last-error.ts';
import { nextActionMember } from '../api/next-action.ts';
import { type AmountRange, rangeMembers } from '../money/amount-range.ts';
import { exponentOf } from '../money/currencies.ts';
import { formatMajor } from '../money/money.ts';
import { type PaymentErrorCode, problem } from '../errors.ts';
import {
  type PaymentProvider,
  type ProviderCall,
  ProviderError,
  type ProviderErrorDetails,
  type ProviderName,
  providerCodeOf,
} from '../providers/provider.ts';
import type { StoredAnswer } from '../payments/persistence/payment-store.ts';
import type { Payment } from '../payments/model/payment.ts';
import { type Flow, providerBudgetMs } from './flow.ts';

/** How a call to the provider ended. `unsent`: there was no time left to begin it. */
export type CallResult<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'error'; readonly details: ProviderErrorDetails }
  | { readonly kind: 'unsent' };

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

/**
 * The 503 for a call that did not go through. Refused credentials make the runtime read the configuration
 * again. A definitive refusal is its cause.
 */
export function unavailable(result: Exclude<CallResult<unknown>, { readonly kind: 'ok' }>): ProblemError {
  if (result.kind === 'unsent') return problem('provider-unavailable');
  const { details } = result;
  if (details.class === 'auth') {
    const cause = new CredentialsRejectedError('The provider refuses the configured credentials');
    return problem('provider-unavailable', { cause });
  }
  const cause = details.class === 'invalid' ? new ProviderError(details) : undefined;
  return problem('provider-unavailable', { ...(cause && { cause }) });
}

/** Refusals of amounts by the provider: bounds that depend on the currency and the account. */
export const AMOUNT_CODES: ReadonlySet<string> = new Set([
  'amount_too_small',
  'amount_too_large',
  'MAX_CAPTURE_AMOUNT_EXCEEDED',
]);

/**
 * The answer to a definitive refusal, as it is stored. Provider messages stay out of it: they may hold personal
 * data.
 */
export function refusalOf(
  payment: Payment,
  details: Pick<ProviderErrorDetails, 'class' | 'code' | 'declineCode' | 'param'>,
  range?: AmountRange,
): StoredRefusal {
  const { code, declineCode, param } = details;
  const extensions = {
    paymentId: payment.id,
    ...providerCodeMember(code),
    ...(declineCode !== undefined && { declineCode }),
    ...(param !== undefined && { param }),
  };
  if (details.class === 'declined') {
    return { kind: 'problem', code: 'payment-declined', extensions: { declineCode: code, ...extensions } };
  }
  if (!AMOUNT_CODES.has(code)) return { kind: 'problem', code: 'provider-rejected', extensions };
  if (payment.operation.kind === 'capture')
    return { kind: 'problem', code: 'capture-exceeds-authorized', extensions };
  const limit = code === 'amount_too_small' ? 'minAmount' : 'maxAmount';
  const named = range && rangeMembers(range, payment.currency);
  return { kind: 'problem', code: 'limit-exceeded', extensions: { ...extensions, limit, ...named } };
}

/** The answer to what the payment's state does not allow, as it is stored: it says what was captured. */
export function stateRefusal(payment: Payment): StoredRefusal {
  const { id: paymentId, status: paymentStatus, capturedMinor, capturableMinor, currency } = payment;
  const major = (minor: number): string => formatMajor(minor, exponentOf(currency) ?? 0);
  const detail =
    `The payment is ${paymentStatus}: ${major(capturedMinor)} ${currency} captured, ` +
    `${major(capturableMinor)} ${currency} left to capture.`;
  const extensions = {
    paymentId,
    paymentStatus,
    capturedMinor,
    capturableMinor,
    ...nextActionMember(payment),
    ...(payment.failure !== undefined && { lastError: lastErrorOf(payment.failure) }),
  };
  return { kind: 'problem', code: 'invalid-state', detail, extensions };
}

/** @throws ProblemError 409 for what the payment's state does not allow */
export function refuseState(payment: Payment): never {
  throw refusalProblem(stateRefusal(payment));
}

/** The answer to a capture of more than is held, as it is stored. */
export function exceedingRefusal(
  { id: paymentId, capturedMinor, capturableMinor }: Payment,
  { code }: Pick<ProviderErrorDetails, 'code'>,
): StoredRefusal {
  const extensions = { paymentId, capturedMinor, capturableMinor, ...providerCodeMember(code) };
  return { kind: 'problem', code: 'capture-exceeds-authorized', extensions };
}

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
