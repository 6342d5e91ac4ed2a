import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { plugin } from '../../../../../plugins/payment/plugin.ts';
import { createPaypalSandbox } from '../../../../../plugins/payment/sandbox/paypal/sandbox.ts';
import type { Services } from '../../../../../plugins/payment/services.ts';
import { type Bench, startBench } from '../bench.ts';
import { credentials } from '../paypal-bench.ts';

const paypal = createPaypalSandbox({ ...credentials });
let origin: string;
let bench: Bench;
beforeAll(async () => {
  origin = await paypal.listen(0);
  bench = await startBench();
});
afterAll(async () => {
  await bench?.stop();
  await paypal.close();
});

const paypalControl = async (method: string, path: string, body?: unknown) =>
  (
    await fetch(`${origin}/__sandbox${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
  ).json();
const tokens = async () => {
  const { requests } = (await paypalControl('GET', '/requests')) as { requests: { path: string }[] };
  return requests.filter(({ path }) => path.includes('oauth2/token')).length;
};

/** The plugin as it is after a fresh start, with both providers. */
const fresh = (over: object = {}, more: object = {}) =>
  bench.with({ config: { paypal: { ...credentials, apiBase: origin, ...over }, ...more } }).services;
const check = async (services: Services) => (await plugin.health?.(services)) ?? { status: 'unloaded' };

beforeEach(() => bench.mark());
afterEach(async () => {
  await bench.control('DELETE', '/faults');
  await paypalControl('DELETE', '/faults');
});

describe('the health of the providers', () => {
  it('lists every configured one from the first answer on, with what was asked and what work showed', async () => {
    const finding = { status: 'healthy', at: expect.stringMatching(/^\d{4}-.*Z$/) };
    const unknown = { status: 'unknown' };
    expect(await check(fresh())).toEqual({
      status: 'healthy',
      checks: {
        stripe: { status: 'healthy', active: finding, passive: unknown },
        paypal: { status: 'healthy', active: finding, passive: unknown },
      },
    });
    expect(Object.keys((await check(bench.services)).checks ?? {})).toEqual(['stripe']);
  });

  it('shows bad credentials of any provider before the first customer does', async () => {
    const report = await check(fresh({ clientSecret: 'wrong' }));
    expect(report).toMatchObject({
      status: 'degraded',
      reason: 'paypal: the provider refuses the credentials',
      checks: {
        stripe: { status: 'healthy' },
        paypal: { status: 'unhealthy', passive: { status: 'unknown' } },
      },
    });
    const asDefault = await check(fresh({ clientSecret: 'wrong' }, { defaultProvider: 'paypal' }));
    expect(asDefault).toMatchObject({ status: 'unhealthy', reason: 'the provider refuses the credentials' });
  });

  it('asks each provider once, however many ask for it at once and within half a minute', async () => {
    const services = fresh();
    const before = await tokens();
    await Promise.all(Array.from({ length: 10 }, () => check(services)));
    await check(services);
    expect(await bench.requests()).toMatchObject([{ path: expect.stringContaining('/v1/balance') }]);
    expect((await tokens()) - before).toBe(1);
    bench.skip(31_000);
    await check(services);
    expect((await tokens()) - before).toBe(2);
  });

  it('does not wait for one that hangs: unknown first, then what came of it', async () => {
    await paypalControl('POST', '/faults', [{ path: 'oauth2', times: 5, delayMs: 20_000 }]);
    const services = fresh();
    const startedAt = Date.now();
    const first = await check(services);
    expect(Date.now() - startedAt).toBeLessThan(1_500);
    expect(first.checks?.['stripe']).toMatchObject({ status: 'healthy' });
    // Which of the two is first depends on whether the probe's own limit or that of the check ends it.
    expect(['unknown', 'degraded']).toContain(first.checks?.['paypal']?.status);
    await expect
      .poll(async () => (await check(services)).checks?.['paypal'], { timeout: 3_000 })
      .toMatchObject({ status: 'degraded', reason: 'the provider answers: unknown' });
  });

  it('is degraded while most calls of the last minutes fail, whatever a probe says, and recovers', async () => {
    const services = fresh();
    const calls = (...outcomes: readonly ('ok' | 'unknown' | 'declined' | 'rate_limited')[]) => {
      for (const outcome of outcomes) services.health.observe('stripe', outcome);
    };
    calls('ok', 'unknown', 'unknown', 'rate_limited');
    // Four calls say nothing yet.
    expect(await check(services)).toMatchObject({ status: 'healthy' });
    calls('unknown');
    const reason = '4 of 5 calls in the last 5 minutes failed';
    expect(await check(services)).toMatchObject({
      status: 'degraded',
      reason,
      checks: {
        stripe: {
          status: 'degraded',
          reason,
          passive: { status: 'degraded', windowSeconds: 300, calls: 5, failures: 4 },
        },
      },
    });
    // A decline is an answer.
    calls('ok', 'declined', 'ok', 'ok');
    expect(await check(services)).toMatchObject({
      status: 'healthy',
      checks: { stripe: { passive: { status: 'healthy', calls: 9, failures: 4 } } },
    });
    calls('unknown', 'unknown', 'unknown', 'unknown', 'unknown');
    expect((await check(services)).status).toBe('degraded');
    bench.skip(301_000);
    const { checks, status } = await check(services);
    expect([status, checks?.['stripe']?.passive]).toEqual([
      'healthy',
      { status: 'healthy', at: expect.any(String) },
    ]);
  });

  it('takes the latest of both: real work that is refused, and a probe that works again', async () => {
    const services = fresh();
    await check(services);
    services.health.observe('paypal', 'auth');
    expect(await check(services)).toMatchObject({
      status: 'degraded',
      checks: {
        paypal: { status: 'unhealthy', active: { status: 'healthy' }, passive: { status: 'unhealthy' } },
      },
    });
    bench.skip(31_000);
    expect(await check(services)).toMatchObject({
      status: 'healthy',
      checks: { paypal: { status: 'healthy', passive: { status: 'unhealthy' } } },
    });
  });
});
