import type { OAuthToken } from '@paypal/paypal-server-sdk';
import { describe, expect, it } from 'vitest';
import { tokenCache } from '../../../../../../plugins/payment/providers/paypal/token.ts';

const source = () => {
  const state = { fetched: 0, nowMs: 0, fail: false };
  const fetch = async (): Promise<OAuthToken> => {
    state.fetched += 1;
    const accessToken = `token-${state.fetched}`;
    await new Promise((resolve) => setImmediate(resolve));
    if (state.fail) throw new Error('no token');
    return { accessToken, tokenType: 'Bearer', expiresIn: 3600n };
  };
  return { state, fetch, cache: tokenCache(() => state.nowMs) };
};

describe('the token cache', () => {
  it('fetches one token for many, until its last minute', async () => {
    const { state, fetch, cache } = source();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => cache.get(fetch)));
    expect(new Set(tokens.map(({ accessToken }) => accessToken))).toEqual(new Set(['token-1']));
    state.nowMs = 3_539_999;
    expect((await cache.get(fetch)).accessToken).toBe('token-1');
    state.nowMs = 3_540_000;
    expect((await cache.get(fetch)).accessToken).toBe('token-2');
    expect(state.fetched).toBe(2);
  });

  it('remembers no failure, and lets those who waited try for themselves', async () => {
    const { state, fetch, cache } = source();
    state.fail = true;
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => cache.get(fetch)));
    expect(all.every(({ status }) => status === 'rejected')).toBe(true);
    expect(state.fetched).toBe(2);
    state.fail = false;
    expect((await cache.get(fetch)).accessToken).toBe('token-3');
  });

  it('forgets a refused token, but not the one that replaced it', async () => {
    const { state, fetch, cache } = source();
    const refused = await cache.get(fetch);
    cache.drop(refused);
    const fresh = await cache.get(fetch);
    cache.drop(refused);
    expect(await cache.get(fetch)).toBe(fresh);
    expect(state.fetched).toBe(2);
  });
});
