import { ApiRefusal } from '../../shared/api/refusal.ts';
import { ISSUES } from './issues.ts';

/** One reason for a refusal. */
export interface ErrorDetail {
  readonly issue: string;
  readonly description: string;
  readonly field?: string | undefined;
  readonly location?: 'body' | 'path' | 'header' | 'query' | undefined;
}

/** A link of an answer. */
export interface Link {
  readonly href: string;
  readonly rel: string;
  readonly method?: string;
}

const MESSAGES: Readonly<Record<string, string>> = {
  INVALID_REQUEST: 'Request is not well-formed, syntactically incorrect, or violates schema.',
  INTERNAL_SERVER_ERROR: 'An internal server error has occurred.',
  METHOD_NOT_SUPPORTED: 'The server does not implement the requested HTTP method.',
  NOT_AUTHORIZED: 'Authorization failed due to insufficient permissions.',
  RATE_LIMIT_REACHED: 'Too many requests. Blocked due to rate limiting.',
  RESOURCE_CONFLICT: 'The server has detected a conflict while processing this request.',
  RESOURCE_NOT_FOUND: 'The specified resource does not exist.',
  SERVICE_UNAVAILABLE: 'Service Unavailable.',
  UNPROCESSABLE_ENTITY:
    'The requested action could not be performed, semantically incorrect, or failed business validation.',
  UNSUPPORTED_MEDIA_TYPE: 'The server does not support the request payload’s media type.',
};

const NAMES: Readonly<Record<number, string>> = {
  400: 'INVALID_REQUEST',
  403: 'NOT_AUTHORIZED',
  404: 'RESOURCE_NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  409: 'RESOURCE_CONFLICT',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE_ENTITY',
  429: 'RATE_LIMIT_REACHED',
  503: 'SERVICE_UNAVAILABLE',
};

/** A refusal with PayPal's status and envelope. */
export class ApiError extends ApiRefusal {
  readonly details: readonly ErrorDetail[];
  readonly links: readonly Link[];

  constructor(
    status: number,
    details: readonly ErrorDetail[],
    { executed = false, links = [] }: { readonly links?: readonly Link[]; readonly executed?: boolean } = {},
  ) {
    const [detail] = details;
    const explanation = detail && `${detail.issue}: ${detail.description}`;
    super(detail?.issue ?? NAMES[status] ?? 'failed', status, executed, explanation);
    this.name = 'ApiError';
    this.details = details;
    this.links = links;
  }
}

/** The client or its token is not known; these have an envelope of their own. */
export class AuthError extends Error {
  readonly status: number;
  readonly error: string;
  constructor(status: number, error: string, description: string) {
    super(description);
    this.name = 'AuthError';
    this.status = status;
    this.error = error;
  }
}

/** The body of a refusal. */
export function errorBody(
  status: number,
  debugId: string,
  details: readonly ErrorDetail[],
  links: readonly Link[] = [],
): object {
  const name = NAMES[status] ?? 'INTERNAL_SERVER_ERROR';
  const issue = details[0]?.issue;
  const href = `https://developer.paypal.com/docs/api/orders/v2/#error${issue === undefined ? '' : `-${issue}`}`;
  const information: Link = { href, rel: 'information_link', method: 'GET' };
  return {
    name,
    message: MESSAGES[name],
    debug_id: debugId,
    ...(details.length === 0 ? {} : { details }),
    links: [information, ...links],
  };
}

/** A 422: the request is well-formed and cannot be done. */
export function unprocessable(issue: keyof typeof ISSUES, field?: string): ApiError {
  return unprocessableAs(issue, ISSUES[issue], field);
}

/** A 422 whose description names what is at hand. */
export function unprocessableAs(issue: string, description: string, field?: string): ApiError {
  return new ApiError(422, [
    { issue, description, ...(field === undefined ? {} : { field, location: 'body' }) },
  ]);
}

/** A 400 about one place of the request. */
export function invalid(
  issue: string,
  description: string,
  field: string,
  location: 'body' | 'header' = 'body',
): ApiError {
  return new ApiError(400, [{ issue, description, field, location }]);
}

/** The id in the path names nothing. */
export function notFound(): ApiError {
  const description = 'Specified resource ID does not exist. Please check the resource ID and try again.';
  return new ApiError(404, [{ issue: 'INVALID_RESOURCE_ID', description, location: 'path' }]);
}
