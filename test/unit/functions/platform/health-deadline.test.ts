import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHealthCheck } from '../../../../functions/platform/plugins/health.ts';
import { plugin } from './support.ts';

const names = Array.from({ length: 100 }, (_, index) => `p${String(index).padStart(2, '0')}`);
const directory = { plugins: names.map((name) => plugin(name)), broken: [] };
const limits = { checksMax: 10, timeoutMs: 300, deadlineMs: 1000, cacheMs: 0 };

let atOnce = 0;
let mostAtOnce = 0;
let asked: string[] = [];
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeEach(() => {
  vi.useFakeTimers();
  atOnce = mostAtOnce = 0;
  asked = [];
});
afterEach(() => void vi.useRealTimers());

/** A health check over plugins of which some never answer. */
const check = (hangs: (name: string) => boolean, more: Partial<typeof limits> = {}) =>
  createHealthCheck({
    ...limits,
    ...more,
    directory: () => directory,
    stage: 'prod',
    registry: {
      read: async () => ({
        state: 'loaded',
        version: 0,
        configVersionId: undefined,
        reason: undefined,
        auditHash: undefined,
        updatedAt: undefined,
      }),
    },
    caller: {
      async health(name, { timeoutMs }) {
        asked.push(name);
        mostAtOnce = Math.max(mostAtOnce, ++atOnce);
        await sleep(hangs(name) ? timeoutMs : 1);
        atOnce -= 1;
        if (hangs(name)) throw new DOMException('', 'TimeoutError');
        return { status: 'healthy' };
      },
    },
  });

/** Asks once. */
async function ask(health: ReturnType<typeof check>) {
  const startedAt = Date.now();
  const answered = health();
  await vi.runAllTimersAsync();
  const { status, plugins } = await answered;
  const count = (wanted: string) => plugins.filter((one) => one.health.status === wanted).length;
  return {
    status,
    tookMs: Date.now() - startedAt,
    plugins,
    healthy: count('healthy'),
    unhealthy: count('unhealthy'),
    unknown: count('unknown'),
  };
}

describe('the health of a hundred plugins', () => {
  it('asks no more of them at once than there are connections, and each one time', async () => {
    expect(await ask(check(() => false))).toMatchObject({ status: 'healthy', healthy: 100 });
    expect(mostAtOnce).toBe(limits.checksMax);
    expect(asked.toSorted()).toEqual(names);
  });

  it('is answered within its deadline although all of them hang, and says which were not checked', async () => {
    const { tookMs, unhealthy, unknown, plugins } = await ask(check(() => true));
    expect(tookMs).toBe(limits.deadlineMs);
    expect(unhealthy).toBe(30);
    expect(unknown).toBe(70);
    expect(plugins.at(-1)?.health.reason).toBe(
      'its check did not end within the 1000 ms for all plugins: ask again',
    );
  });

  it('asks those first that answered soonest, so that none that works waits for those that hang', async () => {
    const health = check((name) => name < 'p60');
    expect(await ask(health)).toMatchObject({ unhealthy: 30, healthy: 0 });
    expect(await ask(health)).toMatchObject({ healthy: 40 });
    asked = [];
    expect(await ask(health)).toMatchObject({ healthy: 40, status: 'unhealthy' });
    expect(asked.slice(0, 40).toSorted()).toEqual(names.slice(60));
  });

  it('reaches every plugin that hangs within a few calls', async () => {
    const health = check(() => true, { cacheMs: 60_000 });
    const seen: number[] = [];
    for (let call = 0; call < 5; call += 1) seen.push((await ask(health)).unhealthy);
    expect(seen.at(-1)).toBe(100);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });
});
