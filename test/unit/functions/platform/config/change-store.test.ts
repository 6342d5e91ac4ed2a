import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDynamo, type TestDynamo } from '#test/support/dynamodb.ts';
import {
  createChangeStore,
  type ConfigChange,
} from '../../../../../functions/platform/config/change-store.ts';

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
  await dynamo.createTable('registry');
});
afterAll(() => dynamo.stop());

const change = (from: string, to: string, isNew = true): ConfigChange => ({
  action: isNew ? 'config-write' : 'config-rollback',
  at: '2026-11-23T10:00:00.000Z',
  by: 'ada',
  requestId: 'r',
  from,
  to,
  isNew,
  changed: ['limits.maxAmount'],
  configVersion: 1,
});

it('keeps the changes of each plugin apart, until they are removed', async () => {
  const store = createChangeStore({ client: dynamo.documents, table: 'registry' });
  const [made, back] = [change('a', 'b'), change('b', 'a', false)];
  await store.put('payment', made);
  await store.put('payment', back);
  await store.put('notes', change('x', 'y'));
  expect(await store.list('payment')).toEqual([back, made]);
  await store.put('payment', made);
  expect(await store.list('payment')).toHaveLength(2);
  await store.remove('payment', { from: 'a', to: 'b', isNew: true });
  expect(await store.list('payment')).toEqual([back]);
  await store.remove('payment', made);
  expect(await store.list('notes')).toHaveLength(1);
});

it('answers 503 for a table that does not answer', async () => {
  const store = createChangeStore({ client: dynamo.documents, table: 'nowhere' });
  const refusal = { status: 503, code: 'registry-unavailable' };
  await expect(store.list('payment')).rejects.toMatchObject(refusal);
  await expect(store.put('payment', change('a', 'b'))).rejects.toMatchObject(refusal);
  await expect(store.remove('payment', change('a', 'b'))).rejects.toMatchObject(refusal);
});
