import { currentToken, forgetToken } from '../auth/token.ts';
import { ApiProblem } from './problem.ts';

/** What a call sends besides its path. */
export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as the fields of a form instead of `body`. */
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** An answer with what pages read of its headers. */
export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/**
 * Calls the API that serves this page, with the token of whoever signed in.
 * @throws ApiProblem for every answer of 400 and above, and when none comes
 */
export async function call<T>(path: string, options: CallOptions = {}): Promise<Answer<T>> {
  const { method = 'GET', body, form, headers, signal } = options;
  const token = currentToken();
  const response = await fetch(path, {
    method,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(form && { body: new URLSearchParams(form) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiProblem(0, {
      code: 'unreachable',
      detail: 'The API does not answer. Is the system running?',
    });
  });
  const read = await bodyOf(response);
  if (response.ok) return { status: response.status, headers: response.headers, body: read as T };
  if (response.status === 401) forgetToken();
  throw new ApiProblem(response.status, asObject(read));
}

/** The body of an answer. @throws ApiProblem as `call` does */
export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await call<T>(path, signal && { signal })).body;

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!/json/.test(response.headers.get('content-type') ?? '')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const asObject = (body: unknown): Readonly<Record<string, unknown>> =>
  typeof body === 'object' && body !== null
    ? (body as Readonly<Record<string, unknown>>)
    : { detail: typeof body === 'string' ? body.trim() : '' };

/** A path with its values encoded: `` path`/plugins/${name}` ``. */
export const path = (parts: TemplateStringsArray, ...values: readonly string[]): string =>
  String.raw({ raw: parts }, ...values.map(encodeURIComponent));

/** A query string of what is given, with its question mark; empty without any. */
export function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
