import type { IncomingHttpHeaders } from 'node:http';
import type { RequestCause } from '../account.ts';

/** A request with its body read. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What goes back. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly replayed: boolean;
}

/** A provider's API: what it does with one request. */
export interface Api {
  /** The header with a request's idempotency key, in lower case. */
  readonly keyHeader: string;
  newRequestId(): string;
  /** Answers one request, or throws what `refusal` puts into words. */
  execute(request: ApiRequest, cause: RequestCause): ApiAnswer;
  /** The answer to a fault of the caller; undefined for any other error. */
  refusal(cause: RequestCause, error: unknown): ApiAnswer | undefined;
  /** The refusal of a request whose idempotency key another running request holds. */
  keyInUse(cause: RequestCause): ApiAnswer;
  /** A 500: the sandbox itself failed. */
  defect(cause: RequestCause, message: string): ApiAnswer;
  /** The provider's own words for a failure that a tester ordered with a status and no body. */
  failure(cause: RequestCause, status: number): object;
  /** An answer with the headers every answer of the provider has. */
  answer(cause: RequestCause, status: number, body: object | string): ApiAnswer;
}
