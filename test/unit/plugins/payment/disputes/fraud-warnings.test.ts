import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bench, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());

const total = { amount: 100, currency: 'usd', confirm: true, paymentMethodId: 'pm_card_visa' };
const warning = (paymentRef: string | null, id: string) =>
  bench.event('radar.early_fraud_warning.created', {
    id,
    object: 'radar.early_fraud_warning',
    payment_intent: paymentRef,
  });

it('a warning of fraud is told once per payment, in its sequence, and touches no money', async () => {
  const { body } = await bench.call('createPayment', total);
  const first = warning(body.providerRef, 'issfr_1');
  expect(await bench.deliver(first)).toMatchObject({ outcome: 'processed' });
  expect(await bench.deliver(first)).toMatchObject({ outcome: 'duplicate' });
  expect(await bench.deliver(warning(body.providerRef, 'issfr_2'))).toMatchObject({ outcome: 'processed' });
  const items = (await bench.items(body.id, 'EVT#')) as unknown as {
    events: { type: string; sequence: number; data: object }[];
  }[];
  expect(items.flatMap(({ events }) => events).filter(({ type }) => type === 'fraud.warning.v1')).toEqual([
    expect.objectContaining({ sequence: 2, data: expect.objectContaining({ warningRef: 'issfr_1' }) }),
  ]);
  expect((await bench.call('getPayment', { id: body.id })).body).toMatchObject({
    status: 'succeeded',
    capturedMinor: 10_000,
  });
});

it("a warning about somebody else's payment is ignored", async () => {
  expect(await bench.deliver(warning('pi_foreign', 'issfr_3'))).toMatchObject({ outcome: 'ignored' });
});
