import { type StoredRefusal, providerCodeMember, refusalProblem } from '../engine/call-provider.ts';
import { exponentOf } from '../money/currencies.ts';
import { formatMajor } from '../money/money.ts';
import { type AmountRange, rangeMembers } from '../money/amount-range.ts';
import { nextActionMember } from '../api/next-action.ts';
import type { ProviderErrorDetails } from '../providers/provider-error.ts';
import { lastErrorOf } from './model/last-error.ts';
import type { Payment, PaymentOperation } from './model/payment.ts';

/** Error codes for amounts outside the bounds of currency and account. */
export const AMOUNT_CODES: ReadonlySet<string> = new Set([
  'amount_too_small',
  'amount_too_large',
  'MAX_CAPTURE_AMOUNT_EXCEEDED',
]);

/**
 * The stored response to a definitive rejection. It holds no message of the provider, because messages may hold
 * personal data.
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

/** The stored 409 for an operation that the payment's state does not allow, with the captured amount. */
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

/** Rejects an operation that the payment's state does not allow. @throws ProblemError 409 */
export function refuseState(payment: Payment): never {
  throw refusalProblem(stateRefusal(payment));
}

/** The stored 422 for a capture above the authorized amount. */
export function exceedingRefusal(
  { id: paymentId, capturedMinor, capturableMinor }: Payment,
  { code }: Pick<ProviderErrorDetails, 'code'>,
): StoredRefusal {
  const extensions = { paymentId, capturedMinor, capturableMinor, ...providerCodeMember(code) };
  return { kind: 'problem', code: 'capture-exceeds-authorized', extensions };
}

/** `mismatch`: the provider's object contradicts the payment, which needs manual review. */
export const isMismatched = (payment: Payment): boolean => payment.flags.includes('mismatch');

export const mismatchRefusal = ({ id: paymentId }: Payment): StoredRefusal => ({
  kind: 'problem',
  code: 'provider-mismatch',
  extensions: { paymentId },
});

/** The stored response to a failed operation, from the outcome that another invocation recorded. */
export function settledRefusal(
  payment: Payment,
  { kind, failureCode }: PaymentOperation,
  range: AmountRange | undefined,
): StoredRefusal {
  if (kind === 'confirm' && payment.failure !== undefined)
    return refusalOf(payment, { class: 'declined', ...payment.failure });
  if (kind !== 'create') return stateRefusal(payment);
  if (isMismatched(payment)) return mismatchRefusal(payment);
  if (failureCode === undefined)
    return { kind: 'problem', code: 'invalid-state', extensions: { paymentId: payment.id } };
  const declineCode = payment.failure?.declineCode;
  const errorClass = declineCode === undefined ? 'invalid' : 'declined';
  return refusalOf(payment, { class: errorClass, code: failureCode, declineCode }, range);
}
