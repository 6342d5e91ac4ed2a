import type { Account } from '../account.ts';

/** One authenticated API request. */
export interface Call {
  readonly account: Account;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The parsed JSON body, `{}` when there was none. */
  readonly body: unknown;
  /** The body as it came. */
  readonly rawBody: string;
  /** `Prefer: return=representation`. */
  readonly representation: boolean;
  readonly requestId: string | null;
}

/** What an endpoint answers; `ref` names what it made, for the next request with the same id. */
export interface Made {
  readonly status: number;
  readonly body?: object;
  readonly ref?: string;
}
