import { randomUUID } from 'node:crypto';
import { catalog, envelopeSchema } from '#events/catalog/index.ts';
import { ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type Bench, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());

interface Told {
  readonly type: string;
  readonly tenant: string;
  readonly aggregate: { readonly type: string };
  readonly data: Readonly<Record<string, unknown>>;
}

/** All that stands for itself and is told, each as its contract says. */
async function told(): Promise<readonly Told[]> {
  const { Items: items = [] } = await bench.dynamo.documents.send(
    new ScanCommand({ TableName: bench.table }),
  );
  const events = items.flatMap(({ events: list = [] }) => list as Told[]);
  for (const event of events) {
    const contract = catalog.find(({ detailType }) => detailType === event.type);
    if (contract === undefined) throw new Error(`no contract of ${event.type}`);
    z.parse(envelopeSchema(contract), event);
  }
  return events.filter(({ aggregate: { type } }) => type === 'notice' || type === 'webhook');
}
const dataOf = async (type: string) =>
  (await told()).filter((event) => event.type === `${type}.v1`).map(({ data }) => data);

describe('notices', () => {
  it('tell what a limit forbids, to the tenant whom it concerns', async () => {
    const tenant = `t-${randomUUID()}`;
    const limits = { maxAmount: 200, dailyLimit: 300, dailyCount: 2 };
    const ruled = bench.with({ config: { ...bench.services.config, limits } });
    const create = (amount: number) =>
      ruled.call('createPayment', { amount, currency: 'usd' }, { tenant, key: randomUUID() });
    expect((await create(201)).status).toBe(422);
    expect((await create(200)).status).toBe(201);
    expect((await create(150)).status).toBe(422);
    expect((await create(50)).status).toBe(201);
    expect((await create(1)).status).toBe(422);
    const cents = (amountMinor: number) => ({ amountMinor, currency: 'usd' });
    const exceeded = (await told()).filter(({ type }) => type === 'limit.exceeded.v1');
    expect(exceeded.every((event) => event.tenant === tenant)).toBe(true);
    expect(exceeded.map(({ data }) => data)).toHaveLength(3);
    expect(exceeded.map(({ data }) => data)).toEqual(
      expect.arrayContaining([
        { limit: 'maxAmount', scope: 'payment', attempted: cents(20_100), cap: 20_000 },
        { limit: 'dailyLimit', scope: 'tenant', attempted: cents(15_000), cap: 30_000 },
        { limit: 'dailyCount', scope: 'tenant', attempted: cents(100), cap: 2 },
      ]),
    );
  });

  it('that cannot be written do not change the answer', async () => {
    const mute = bench.with({
      config: { ...bench.services.config, limits: { maxAmount: 1 } },
      services: (inner) => ({
        ...inner,
        store: { ...inner.store, notice: () => Promise.reject(new Error('down')) },
      }),
    });
    expect(await mute.call('createPayment', { amount: 2, currency: 'usd' })).toMatchObject({
      status: 422,
      body: { code: 'limit-exceeded' },
    });
    expect(bench.logs.map(({ message }) => message)).toContain('A notice could not be written');
  });

  it('all are as their contracts say', async () => {
    await expect(bench.deliver('{}', 'xxx')).rejects.toMatchObject({ status: 400 });
    await bench.deliver(bench.event('product.created', {}));
    const card = { confirm: true, paymentMethodId: 'pm_card_visa' };
    const { body } = await bench.call('createPayment', { amount: 5, currency: 'usd', ...card });
    await bench.dynamo.documents.send(
      new UpdateCommand({
        TableName: bench.table,
        Key: { PK: `PAY#${body.id}`, SK: 'PAY' },
        UpdateExpression: 'SET capturedMinor = :more',
        ExpressionAttributeValues: { ':more': 501 },
      }),
    );
    await bench.control('POST', '/faults', [{ method: 'GET', path: '/v1/', times: 50, status: 401 }]);
    await bench.reconcile('gaps');
    await bench.control('DELETE', '/faults');
    bench.skip(28 * 3_600_000);
    await bench.reconcile('ledger');
    const types = new Set((await told()).map(({ type }) => type.replace('.v1', '')));
    expect([...types].toSorted()).toEqual([
      'limit.exceeded',
      'payment.webhook',
      'provider.health_changed',
      'reconciliation.completed',
      'reconciliation.mismatch',
      'webhook.rejected',
    ]);
    expect(await dataOf('provider.health_changed')).toMatchObject([
      { provider: 'stripe', from: 'healthy', to: 'unhealthy' },
    ]);
  });
});
