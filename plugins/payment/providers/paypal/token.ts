import type { OAuthToken } from '@paypal/paypal-server-sdk';

/** Tokens are not used in their last minute: the call that carries one takes time too. */
const MARGIN_MS = 60_000;
const LIFETIME_WHEN_UNTOLD_MS = 300_000;

/** One access token for all calls of one configuration. A failed request for one is never remembered. */
interface TokenCache {
  /** The cached token, or a new one from `fetch`; concurrent callers share one fetch. */
  get(fetch: () => Promise<OAuthToken>): Promise<OAuthToken>;
  /** Forgets a token that was refused, unless another has taken its place. */
  drop(refused: OAuthToken): void;
}

export function tokenCache(now: () => number = Date.now): TokenCache {
  let held: { readonly token: OAuthToken; readonly untilMs: number } | undefined;
  let pending: Promise<OAuthToken> | undefined;

  const begin = (fetch: () => Promise<OAuthToken>): Promise<OAuthToken> => {
    pending ??= fetch()
      .then((token) => {
        const lifetimeMs =
          token.expiresIn === undefined ? LIFETIME_WHEN_UNTOLD_MS : Number(token.expiresIn) * 1000;
        held = { token, untilMs: now() + lifetimeMs - MARGIN_MS };
        return token;
      })
      .finally(() => (pending = undefined));
    return pending;
  };

  return {
    async get(fetch) {
      if (held !== undefined && now() < held.untilMs) return held.token;
      const others = pending;
      if (others === undefined) return begin(fetch);
      // Whoever asked first may have had less time than we have.
      return others.catch(() => begin(fetch));
    },
    drop(refused) {
      if (held?.token.accessToken === refused.accessToken) held = undefined;
    },
  };
}
