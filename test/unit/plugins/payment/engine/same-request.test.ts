import { createHash, randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '#runtime/canonical-json.ts';
import { type Bench, startBench } from '../bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.stop());

const usd = { amount: 10, currency: 'usd' };

describe('two spellings of one request under one key', () => {
  it.each([
    ['an amount with zeros', { amount: '10.00', currency: 'usd' }],
    ['an amount as text', { amount: '10', currency: 'usd' }],
    ['a currency in capitals', { amount: 10, currency: 'USD' }],
    ['a default that is written out', { ...usd, captureMethod: 'automatic', confirm: false }],
    ['null for what is left out', { ...usd, description: null, metadata: null }],
  ])('are the same: %s', async (_, other) => {
    const key = randomUUID();
    const first = await bench.call('createPayment', usd, { key });
    const again = await bench.call('createPayment', other, { key });
    expect(again).toMatchObject({
      status: 201,
      body: { id: first.body.id },
      headers: { 'Idempotent-Replayed': 'true' },
    });
  });

  it.each([
    ['another amount', { amount: '10.01', currency: 'usd' }],
    ['another currency', { amount: 10, currency: 'eur' }],
    ['minor units', { amountMinor: 1000, currency: 'usd' }],
    ['what is no default', { ...usd, captureMethod: 'manual' }],
    ['more', { ...usd, description: 'shoes' }],
  ])('differ in %s', async (_, other) => {
    const key = randomUUID();
    await bench.call('createPayment', usd, { key });
    expect((await bench.call('createPayment', other, { key })).body).toMatchObject({
      code: 'idempotency-key-reused',
    });
  });

  it('are the same for captures', async () => {
    const manual = { ...usd, captureMethod: 'manual', confirm: true, paymentMethodId: 'pm_card_visa' };
    const { body } = await bench.call('createPayment', manual);
    const key = randomUUID();
    await bench.call('capturePayment', { id: body.id, amount: 5 }, { key });
    const again = await bench.call('capturePayment', { id: body.id, amount: '5.00', final: true }, { key });
    expect(again).toMatchObject({ status: 200, headers: { 'Idempotent-Replayed': 'true' } });
  });
});

describe('a key that an earlier version has stored', () => {
  /** What version 1 wrote: the hash of the input as the client sent it. */
  async function storeFormer(key: string, input: unknown): Promise<void> {
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    await bench.dynamo.documents.send(
      new UpdateCommand({
        TableName: bench.table,
        Key: { PK: `IDEM#default#tester#${hash(key)}`, SK: 'IDEM' },
        UpdateExpression: 'SET fingerprint = :former',
        ExpressionAttributeValues: { ':former': hash(`createPayment\n${canonicalJson(input)}`) },
        ConditionExpression: 'attribute_exists(PK)',
      }),
    );
  }

  it('still answers its request, and no other', async () => {
    const key = randomUUID();
    const asked = { amount: '10.00', currency: 'USD' };
    const first = await bench.call('createPayment', asked, { key });
    await storeFormer(key, asked);
    expect(await bench.call('createPayment', asked, { key })).toMatchObject({
      status: 201,
      body: { id: first.body.id },
    });
    expect((await bench.call('createPayment', { ...asked, amount: '11' }, { key })).body).toMatchObject({
      code: 'idempotency-key-reused',
    });
  });
});
