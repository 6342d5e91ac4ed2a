import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRouteThrottles } from '#infra/local/api-gateway/throttles.ts';

const KEY = 'POST /payments';

function bucket(rate: number, burst: number) {
  let nowMs = 1_000_000;
  const throttles = createRouteThrottles(
    () => ({ rate, burst }),
    () => nowMs,
  );
  return {
    throttles,
    pass: (ms: number) => void (nowMs += ms),
    /** How many of so many requests at once are taken. */
    taken: (requests: number, key = KEY) =>
      Array.from({ length: requests }, () => throttles.take(key)).filter(Boolean).length,
  };
}

describe('the throttle of a route', () => {
  it('takes the burst at once, and the rate from then on', () => {
    const { taken, pass } = bucket(2, 5);
    expect(taken(20)).toBe(5);
    pass(499);
    expect(taken(1)).toBe(0);
    pass(1);
    expect(taken(9)).toBe(1);
    pass(1500);
    expect(taken(9)).toBe(3);
  });

  it('keeps no more than the burst, however long nobody calls', () => {
    const { taken, pass } = bucket(10, 3);
    pass(86_400_000);
    expect(taken(10)).toBe(3);
  });

  it('counts parts of a request', () => {
    const { taken, pass } = bucket(0.1, 1);
    expect(taken(2)).toBe(1);
    pass(9_999);
    expect(taken(1)).toBe(0);
    pass(1);
    expect(taken(2)).toBe(1);
  });

  it('is that of one route alone', () => {
    const { taken } = bucket(1, 2);
    expect([taken(5), taken(5, 'GET /payments')]).toEqual([2, 2]);
  });

  it('is its own in place of that of the stage, from the moment that it is set until it is removed', () => {
    const { taken, throttles } = bucket(1, 2);
    expect(taken(5)).toBe(2);
    throttles.set(KEY, { rate: 1, burst: 4 });
    expect(taken(9)).toBe(4);
    // The same again is no new one.
    throttles.set(KEY, { rate: 1, burst: 4 });
    expect(taken(9)).toBe(0);
    expect(throttles.remove(KEY)).toBe(true);
    expect(taken(9)).toBe(2);
    expect(throttles.remove(KEY)).toBe(false);
  });

  it('gives nothing for a clock that is set back', () => {
    const { taken, pass } = bucket(1, 2);
    expect(taken(5)).toBe(2);
    pass(-60_000);
    expect(taken(5)).toBe(0);
    pass(1000);
    expect(taken(5)).toBe(1);
  });

  it('takes in no time more than the burst and what the rate gives', () => {
    const steps = fc.array(fc.record({ ms: fc.nat(5000), requests: fc.nat(30) }), { maxLength: 40 });
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        fc.integer({ min: 1, max: 50 }),
        steps,
        (rate, burst, all) => {
          const { taken, pass } = bucket(rate, burst);
          let [seconds, total] = [0, 0];
          for (const { ms, requests } of all) {
            pass(ms);
            seconds += ms / 1000;
            const now = taken(requests);
            total += now;
            expect(now).toBeLessThanOrEqual(burst);
            expect(total).toBeLessThanOrEqual(burst + seconds * rate + 1e-6);
          }
        },
      ),
    );
  });
});
