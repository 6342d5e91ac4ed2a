/** Tokens live as long as the tab, and never in what outlives it. */
const KEY = 'anineeplus.token';
const listeners = new Set<() => void>();

interface StoredToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** The token that calls are sent with; undefined without one, or when it has expired. */
export function currentToken(): string | undefined {
  const stored = sessionStorage.getItem(KEY);
  if (stored === null) return undefined;
  const { token, expiresAt } = JSON.parse(stored) as StoredToken;
  return expiresAt > Date.now() ? token : undefined;
}

/** @param expiresInSeconds as the issuer said */
export function keepToken(token: string, expiresInSeconds: number): void {
  const stored: StoredToken = { token, expiresAt: Date.now() + expiresInSeconds * 1000 };
  sessionStorage.setItem(KEY, JSON.stringify(stored));
  listeners.forEach((listener) => listener());
}

/** Signs out. Also called when the API does not take the token. */
export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
  listeners.forEach((listener) => listener());
}

/** @returns what ends the subscription */
export function onTokenChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
