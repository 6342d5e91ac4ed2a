import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PaymentProvider } from '../../../../../plugins/payment/providers/provider.ts';
import type { Services } from '../../../../../plugins/payment/services.ts';
import type { RefundView } from '../../../../../plugins/payment/refunds/refund-schema.ts';
import type { PaymentView } from '../../../../../plugins/payment/api/schemas.ts';
import { type PayPalBench, startPayPalBench } from '../paypal-bench.ts';

let bench: PayPalBench;
beforeAll(async () => {
  bench = await startPayPalBench();
});
afterAll(() => bench?.stop());

const LOCK_MS = 30_000;
const RECONCILED_MS = 10 * 60_000;
/** The part of a provider whose calls are counted too. */
const REFUNDS = 'refundsAndDisputes' satisfies keyof PaymentProvider;
/** More calls than the flow makes: where the search for crash points ends. */
const CALLS_MAX = 20;

async function twiceCaptured(): Promise<PaymentView> {
  const payment = await bench.create({ captureMethod: 'manual' });
  await bench.approve(payment);
  await bench.call('verifyPayment', { id: payment.id });
  await bench.call('capturePayment', { id: payment.id, amount: 40, final: false });
  await bench.call('capturePayment', { id: payment.id, amount: 60 });
  return bench.stateOf(payment);
}

/** Counts every call to the database and to the provider, and ends the flow before or after one of them. */
function cutting(at: number, after: boolean) {
  const state = { calls: 0, cut: false };
  const counted = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(inner, name, receiver) {
        const member: unknown = Reflect.get(inner, name, receiver);
        if (name === REFUNDS) return counted(member as object);
        if (typeof member !== 'function' || name === 'stepMinor') return member;
        return async (...args: unknown[]) => {
          const call = (state.calls += 1);
          const crash = () => {
            state.cut = true;
            throw new Error('crash');
          };
          if (call === at && !after) crash();
          const result: unknown = await (member as (...all: unknown[]) => unknown).apply(inner, args);
          if (call === at) crash();
          return result;
        };
      },
    });
  const services = (inner: Services): Services => ({
    ...inner,
    store: counted(inner.store),
    provider: async (name) => counted(await inner.provider(name)),
  });
  return { state, services };
}

describe.each(['key', 'reconciler'] as const)('a refund over two captures, carried on by the %s', (way) => {
  it('pays once whatever it died at', async () => {
    let visited = 0;
    for (const after of [false, true]) {
      for (let at = 1; at <= CALLS_MAX; at += 1) {
        const payment = await twiceCaptured();
        await bench.mark();
        const key = randomUUID();
        const ask = ({ call }: Pick<PayPalBench, 'call'>) =>
          call<RefundView>('createRefund', { id: payment.id, amount: 80 }, { key });
        const { state, services } = cutting(at, after);
        await ask(bench.with({ services })).catch((error: Error) => expect(error.message).toBe('crash'));
        if (!state.cut) break;
        visited += 1;
        bench.skip(way === 'key' ? LOCK_MS : RECONCILED_MS);
        if (way === 'reconciler') await bench.reconcile('due');
        const { status, body } = await ask(bench);
        const where = `${at} ${String(after)}`;
        expect(status, where).toBe(201);
        expect(body, where).toMatchObject({ status: 'succeeded', amountMinor: 8000, refundedMinor: 8000 });
        expect(await bench.stateOf(payment), where).toMatchObject({
          refundableMinor: 2000,
          refundPendingMinor: 0,
          refundedMinor: 8000,
          flags: [],
        });
        const told = (await bench.eventsOf(payment)).filter(({ type }) => type === 'refund.succeeded.v1');
        expect(
          told.map(({ data }) => (data['refundAmount'] as { amountMinor: number }).amountMinor),
          where,
        ).toEqual([4000, 4000]);
        const sent = (await bench.requests()).filter(({ path }) => path.endsWith('/refund'));
        expect(new Set(sent.map(({ idempotencyKey }) => idempotencyKey)).size, where).toBe(2);
      }
    }
    expect(visited).toBeGreaterThanOrEqual(12);
  });
});

describe('a payment of two captures, of which PayPal took one back', () => {
  it('gives back what is left of the other', async () => {
    const payment = await twiceCaptured();
    const [item] = await bench.items(payment.id, 'PAY');
    const [first, second] = (item as unknown as { captures: { ref: string }[] }).captures;
    const reversal = await bench.control<{ id: string }>(`/captures/${first?.ref}/reverse`, 'POST', {});
    const links = [{ rel: 'up', href: `https://api.paypal.com/v2/payments/captures/${first?.ref}` }];
    const resource = { id: reversal.id, links };
    const event = { id: `WH-${randomUUID()}`, event_type: 'PAYMENT.CAPTURE.REVERSED', resource };
    expect(await bench.deliver(JSON.stringify(event))).toMatchObject({ outcome: 'processed' });
    expect(await bench.stateOf(payment)).toMatchObject({ refundableMinor: 6000, refundedMinor: 0 });
    const { status, body } = await bench.call<RefundView>('createRefund', { id: payment.id });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { status: 'succeeded', amountMinor: 6000, refundedMinor: 6000 },
    });
    const [stored] = (await bench.items(payment.id, 'RFD#')) as unknown as {
      parts: { captureRef: string }[];
    }[];
    expect(stored?.parts.map(({ captureRef }) => captureRef)).toEqual([second?.ref]);
  });
});
