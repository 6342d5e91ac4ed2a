import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from './errors.ts';

/** Issues whose status is not 422. */
const STATUSES: Readonly<Record<string, number>> = {
  INTERNAL_SERVER_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
  RATE_LIMIT_REACHED: 429,
  INVALID_RESOURCE_ID: 404,
  PERMISSION_DENIED: 403,
  NOT_AUTHORIZED: 403,
  PREVIOUS_REQUEST_IN_PROGRESS: 409,
  INVALID_PARAMETER_VALUE: 400,
  INVALID_PARAMETER_SYNTAX: 400,
  INVALID_STRING_LENGTH: 400,
  MISSING_REQUIRED_PARAMETER: 400,
  MALFORMED_REQUEST_JSON: 400,
  PAYPAL_REQUEST_ID_REQUIRED: 400,
};

/** PayPal's negative testing: the header names the issue that is answered instead of acting. */
export function refuseAsMocked(headers: IncomingHttpHeaders): void {
  const header = headers['paypal-mock-response'];
  if (header === undefined) return;
  const code = codeOf(String(header));
  if (code === undefined) return;
  const description = 'The PayPal-Mock-Response header asked for this answer.';
  throw new ApiError(STATUSES[code] ?? 422, [{ issue: code, description }]);
}

function codeOf(header: string): string | undefined {
  try {
    const { mock_application_codes: codes } = JSON.parse(header) as { mock_application_codes?: unknown };
    const code: unknown = Array.isArray(codes) ? codes[0] : codes;
    return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : undefined;
  } catch {
    return undefined;
  }
}
