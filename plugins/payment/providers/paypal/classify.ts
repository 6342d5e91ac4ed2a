import { ApiError, ArgumentsValidationError } from '@paypal/paypal-server-sdk';
import type { OwnCode, ProviderErrorClass, ProviderErrorDetails } from '../provider-error.ts';

/** Declines by the payer or the payer's bank. */
const DECLINES: ReadonlySet<string> = new Set([
  'INSTRUMENT_DECLINED',
  'TRANSACTION_REFUSED',
  'TRANSACTION_LIMIT_EXCEEDED',
  'TRANSACTION_BLOCKED_BY_PAYEE',
  'PAYER_CANNOT_PAY',
  'PAYER_ACCOUNT_RESTRICTED',
  'PAYER_ACCOUNT_LOCKED_OR_CLOSED',
  'REDIRECT_PAYER_FOR_ALTERNATE_FUNDING',
  'CARD_EXPIRED',
  'COMPLIANCE_VIOLATION',
]);

/** Rejections because the object is already in the requested or a later state. */
const CONVERGENCE: ReadonlySet<string> = new Set([
  'ORDER_ALREADY_CAPTURED',
  'ORDER_ALREADY_AUTHORIZED',
  'ORDER_ALREADY_COMPLETED',
  'ORDER_NOT_APPROVED',
  'ORDER_EXPIRED',
  'ORDER_CANNOT_BE_SAVED',
  'AUTHORIZATION_ALREADY_CAPTURED',
  'AUTHORIZATION_ALREADY_VOIDED',
  'AUTHORIZATION_VOIDED',
  'AUTHORIZATION_DENIED',
  'AUTHORIZATION_EXPIRED',
  'CAPTURE_FULLY_REFUNDED',
  'PREVIOUSLY_VOIDED',
  'PREVIOUSLY_CAPTURED',
  'CANNOT_BE_VOIDED',
  'DUPLICATE_INVOICE_ID',
  'SUBSCRIPTION_STATUS_INVALID',
]);

/** The object does not exist. PayPal purges unpaid orders; paid ones stay. */
const MISSING: ReadonlySet<string> = new Set([
  'RESOURCE_NOT_FOUND',
  'INVALID_RESOURCE_ID',
  'TOKEN_NOT_FOUND',
]);

const IN_PROGRESS: ReadonlySet<string> = new Set([
  'PREVIOUS_REQUEST_IN_PROGRESS',
  'ORDER_COMPLETION_IN_PROGRESS',
]);

/** The same key with another request: the first may have succeeded, so the outcome is unknown. */
const KEY_REUSED: ReadonlySet<string> = new Set([
  'PAYPAL_REQUEST_ID_PREVIOUSLY_USED',
  'DUPLICATE_REQUEST_ID',
]);

interface ErrorBody {
  readonly name?: unknown;
  readonly error?: unknown;
  readonly debug_id?: unknown;
  readonly details?: readonly { readonly issue?: unknown; readonly field?: unknown }[];
}

/** Classifies an SDK error. An error that is not known to be definitive is `unknown`. */
export function classify(error: unknown): ProviderErrorDetails {
  // Thrown before anything is sent, so it is a fault of ours.
  if (error instanceof ArgumentsValidationError) return { class: 'invalid', code: 'arguments_invalid' };
  // Timeouts and resets come as plain errors, answers that do not fit the schema as plain or validation errors.
  if (!(error instanceof ApiError)) return { class: 'unknown', code: 'unexpected_error' };
  return classifyAnswer(error.statusCode, error.body, headerOf(error.headers, 'paypal-debug-id'));
}

/** The same for a response outside the SDK. */
export function classifyAnswer(status: number, text: unknown, debugId?: string): ProviderErrorDetails {
  const body = bodyOf(text);
  const issues = issuesOf(body);
  const name = textOf(body.name) ?? textOf(body.error);
  const codes = [...issues.map(({ issue }) => issue), ...(name === undefined ? [] : [name])];
  return {
    class: classOf(status, codes),
    code: codes[0] ?? ('unspecified' satisfies OwnCode),
    missing: status === 404 && codes.some((code) => MISSING.has(code)),
    httpStatus: status,
    param: issues[0]?.field,
    requestId: textOf(body.debug_id) ?? debugId,
  };
}

function classOf(status: number, codes: readonly string[]): ProviderErrorClass {
  const some = (known: ReadonlySet<string>): boolean => codes.some((code) => known.has(code));
  if (some(IN_PROGRESS)) return 'in_progress';
  if (some(KEY_REUSED)) return 'unknown';
  if (some(DECLINES)) return 'declined';
  if (some(CONVERGENCE)) return 'already_done';
  if (status === 401 || status === 403) return 'auth';
  if (status === 429) return 'rate_limited';
  if (status === 409) return 'in_progress';
  return status >= 400 && status < 500 && status !== 408 ? 'invalid' : 'unknown';
}

function bodyOf(body: unknown): ErrorBody {
  try {
    const parsed: unknown = typeof body === 'string' ? JSON.parse(body) : undefined;
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

function issuesOf({ details }: ErrorBody): readonly { readonly issue: string; readonly field?: string }[] {
  if (!Array.isArray(details)) return [];
  return details.flatMap((detail: { issue?: unknown; field?: unknown } | null) => {
    const issue = textOf(detail?.issue);
    const field = textOf(detail?.field);
    return issue === undefined ? [] : [{ issue, ...(field !== undefined && { field }) }];
  });
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function headerOf(headers: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}
