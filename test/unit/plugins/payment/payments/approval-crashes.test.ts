import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutting } from '../cutting.ts';
import { type PayPalBench, startPayPalBench } from '../paypal-bench.ts';

let bench: PayPalBench;
beforeAll(async () => {
  bench = await startPayPalBench();
});
afterAll(() => bench?.stop());

const LOCK_MS = 30_000;
/** More calls than the flow makes: where the search for crash points ends. */
const CALLS_MAX = 20;

describe.each([
  ['automatic', 'succeeded', 'succeeded'],
  ['manual', 'authorized', 'authorized'],
] as const)('an approval with %s capture', (captureMethod, status, event) => {
  it.each(['webhook', 'verify'] as const)('by %s survives a crash at every step', async (way) => {
    let visited = 0;
    for (const after of [false, true]) {
      for (let at = 1; at <= CALLS_MAX; at += 1) {
        const payment = await bench.create({ captureMethod });
        await bench.approve(payment);
        const body = bench.event('CHECKOUT.ORDER.APPROVED', payment);
        const act = ({ deliver, call }: Pick<PayPalBench, 'deliver' | 'call'>) =>
          way === 'webhook' ? deliver(body) : call('verifyPayment', { id: payment.id });
        const { state, services } = cutting(at, after);
        await act(bench.with({ services })).catch((error: Error) => expect(error.message).toBe('crash'));
        if (!state.cut) break;
        visited += 1;
        bench.skip(LOCK_MS);
        await act(bench);
        await bench.deliver(body);
        expect(await bench.stateOf(payment), `${at} ${String(after)}`).toMatchObject({
          status,
          flags: [],
          capturedMinor: status === 'succeeded' ? 10_000 : 0,
          authorizedMinor: 10_000,
          operation: { status: 'succeeded' },
        });
        const events = await bench.eventsOf(payment);
        expect(events.filter(({ type }) => type === `payment.${event}.v1`)).toHaveLength(1);
        expect([...new Set(events.map(({ sequence }) => sequence))]).toEqual(
          Array.from({ length: events.at(-1)?.sequence ?? 0 }, (_, index) => index + 1),
        );
        const acts = (await bench.requests()).filter(({ path }) =>
          path.startsWith(`/v2/checkout/orders/${payment.providerRef}/`),
        );
        expect(new Set(acts.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
      }
    }
    expect(visited).toBeGreaterThanOrEqual(10);
  });
});
