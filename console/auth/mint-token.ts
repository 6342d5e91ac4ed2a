import { call } from '../api/client.ts';

/** Whom a token of the local system is for; what is left out is the developer of tenant `default`, with every scope. */
export interface TokenRequest {
  readonly sub?: string | undefined;
  readonly tenant?: string | undefined;
  readonly scopes?: readonly string[];
}

interface MintedToken {
  readonly token: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** A token of the local system, which mints one for whoever asks. @throws ApiProblem as `call` does */
export async function mintToken(asked: TokenRequest = {}): Promise<MintedToken> {
  return (await call<MintedToken>('/dev/token', { method: 'POST', body: asked })).body;
}
