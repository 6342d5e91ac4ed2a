import type { Caller } from './contract/operation.ts';

/** What a verified caller's calls to other functions carry. */
interface Credentials {
  /** The end user's access token as the client sent it. */
  readonly token: string;
  /** Undefined: all of the token's scopes. */
  readonly scopes: readonly string[] | undefined;
}

/**
 * Kept beside the caller and not in it, so that plugin code can neither read nor log a token, nor forge a caller that
 * has one.
 */
const credentials = new WeakMap<Caller, Credentials>();

/** The same caller, with the credentials that its calls of other functions carry. */
export function withCredentials(caller: Caller, proof: Credentials): Caller {
  credentials.set(caller, proof);
  return caller;
}

/** Undefined for callers without a token. */
export const credentialsOf = (caller: Caller | undefined): Credentials | undefined =>
  caller && credentials.get(caller);
