import type { Caller } from './contract/operation.ts';

/** What a verified caller's calls to other functions carry. */
export interface Credentials {
  /** The end user's access token as the client sent it. */
  readonly token: string;
  /** Undefined: all of the token's scopes. */
  readonly scopes: readonly string[] | undefined;
}

/**
 * Kept beside the caller and not in it: plugin code neither sees a token, nor logs one with its caller, nor makes a
 * caller up that has one.
 */
const credentials = new WeakMap<Caller, Credentials>();

/** The same caller, whose calls to other functions prove who they are for. */
export function withCredentials(caller: Caller, proof: Credentials): Caller {
  credentials.set(caller, proof);
  return caller;
}

/** Undefined for callers that no token stands for. */
export const credentialsOf = (caller: Caller | undefined): Credentials | undefined =>
  caller && credentials.get(caller);
