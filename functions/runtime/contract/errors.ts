/** One entry of an error catalogue: the HTTP status and the title that a stable code stands for. */
export interface ErrorSpec {
  /** HTTP status, from 400 to 599. */
  readonly status: number;
  /** Short and the same each time the code occurs (RFC 9457 section 3.1.3). */
  readonly title: string;
  /** Seconds for the `Retry-After` header, when a later try may succeed. */
  readonly retryAfterSeconds?: number;
}

/** What one occurrence of a problem adds to its entry in the catalogue. */
export interface ProblemOptions {
  /** What happened this time, for the client; never holds secrets or provider messages (RFC 9457 section 3.1.4). */
  readonly detail?: string;
  /** Extension members of the problem document (RFC 9457 section 3.2). */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Response headers, such as `Allow`; one that the catalogue sets as well is taken from here. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log; no client sees it. */
  readonly cause?: unknown;
}

/**
 * Thrown, or given as the `cause` of what is thrown, when an upstream service refuses our credentials:
 * the runtime reads the configuration again before the next invocation.
 */
export class CredentialsRejectedError extends Error {
  override readonly name = 'CredentialsRejectedError';
}

/**
 * An error that a client may see. Over HTTP it becomes `application/problem+json` (RFC 9457), in GraphQL an error with
 * `extensions.code`, and between functions a reply with the same body.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** Stable, kebab-case; also the last segment of the problem's `type`. */
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, spec: ErrorSpec, options: ProblemOptions = {}) {
    super(options.detail ?? spec.title, { cause: options.cause });
    this.code = code;
    this.status = spec.status;
    this.title = spec.title;
    this.detail = options.detail;
    this.extensions = options.extensions ?? {};
    this.headers =
      spec.retryAfterSeconds === undefined
        ? (options.headers ?? {})
        : { 'Retry-After': String(spec.retryAfterSeconds), ...options.headers };
  }
}

/** Everything that one part of the system refuses with, by stable code. */
export type ErrorCatalogue = Readonly<Record<string, ErrorSpec>>;

/** Makes the function that builds the problems of one catalogue, so that a code outside of it does not compile. */
export function problemsOf<C extends ErrorCatalogue>(catalogue: C) {
  return (code: keyof C & string, options: ProblemOptions = {}): ProblemError =>
    new ProblemError(code, catalogue[code] as ErrorSpec, options);
}

/** The codes of the platform itself, which any operation may answer with. */
export const platformErrors = {
  'malformed-json': { status: 400, title: 'The body is not valid JSON' },
  'invalid-request': { status: 400, title: 'The request does not fit the schema' },
  'idempotency-key-invalid': { status: 400, title: 'The Idempotency-Key is invalid' },
  'idempotency-key-missing': { status: 400, title: 'This call requires an Idempotency-Key' },
  unauthorized: { status: 401, title: 'A valid access token is required' },
  forbidden: { status: 403, title: 'The access token lacks the scope' },
  'call-denied': { status: 403, title: 'This call is not granted' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'precondition-invalid': { status: 400, title: 'The If-Match is not usable' },
  'precondition-required': { status: 428, title: 'This call needs an If-Match' },
  'access-denied': { status: 500, title: 'The function lacks a permission' },
  'output-invalid': { status: 500, title: 'The response does not fit its schema' },
  'call-chain-too-long': { status: 500, title: 'The chain of calls between plugins is too long' },
  'internal-error': { status: 500, title: 'An internal error occurred' },
  'answer-invalid': { status: 502, title: 'The answer of another plugin does not fit' },
  'plugin-unloaded': { status: 503, title: 'The plugin is unloaded', retryAfterSeconds: 30 },
  'plugin-unhealthy': { status: 503, title: 'The plugin could not start', retryAfterSeconds: 30 },
  'plugin-unavailable': { status: 503, title: 'The plugin does not respond', retryAfterSeconds: 1 },
  'timed-out': {
    status: 503,
    title: 'The call took too long: whether it had an effect is not known',
    retryAfterSeconds: 1,
  },
  'issuer-unavailable': {
    status: 503,
    title: 'The keys of the token issuer cannot be read',
    retryAfterSeconds: 5,
  },
  'registry-unavailable': { status: 503, title: 'The plugin registry cannot be read', retryAfterSeconds: 5 },
} as const satisfies ErrorCatalogue;

/** Builds a problem of the platform's own catalogue. */
export const platformProblem = problemsOf(platformErrors);
