import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { config, migrations } from '../../../../plugins/examples/advanced-plugin/config.ts';
import {
  type Entry,
  type Statement,
  statementOf,
} from '../../../../plugins/examples/advanced-plugin/store/items.ts';
import {
  monthOf,
  monthsBefore,
  monthsLaterSeconds,
} from '../../../../plugins/examples/advanced-plugin/store/month.ts';
import {
  createPointStore,
  type PointStore,
} from '../../../../plugins/examples/advanced-plugin/store/points.ts';
import { createVouchers } from '../../../../plugins/examples/advanced-plugin/vouchers.ts';
import { startDynamo, type TestDynamo } from '#test/support/dynamodb.ts';
import { validate } from '#runtime/schema/validate.ts';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';

describe('the configuration', () => {
  const key = 'k'.repeat(32);
  const read = (values: unknown) => validate(config, values);

  it.each([
    [
      { pointsPerHundred: 2, signingKey: key },
      { earning: { minorUnitsPerPoint: 50 }, voucher: { signingKey: key } },
    ],
    [
      { pointsPerHundred: 300, keepMonths: 2 },
      { earning: { minorUnitsPerPoint: 1 }, keepMonths: 2 },
    ],
    [{}, {}],
  ])('takes version 1 %j to version 2', (old, expected) => {
    const values = migrations[1]?.(old);
    expect(values).toEqual(expected);
    expect(read(values).ok).toBe(true);
  });

  it('has defaults, and refuses a short key without its value', () => {
    expect(read({})).toMatchObject({
      value: { earning: { minorUnitsPerPoint: 100 }, voucher: {}, keepMonths: 13 },
    });
    expect(read({ voucher: { signingKey: 'short' } })).toEqual({
      ok: false,
      faults: [{ path: 'voucher.signingKey', message: 'must be 32 characters or more' }],
    });
  });
});

it('vouchers are signed with the key, until that is forgotten', () => {
  const vouchers = createVouchers('k'.repeat(32));
  const code = vouchers.codeFor('rdm_1');
  expect(code).toMatch(/^rdm_1\.[\w-]{20}$/);
  expect(createVouchers('x'.repeat(32)).codeFor('rdm_1')).not.toBe(code);
  vouchers.forget();
  expect(vouchers.codeFor('rdm_1')).not.toBe(code);
  expect(createVouchers(undefined).isEnabled).toBe(false);
  expect(() => createVouchers(undefined).codeFor('rdm_1')).toThrow('voucher.signingKey is not configured');
});

it('months are counted over the end of a year, in UTC', () => {
  const date = new Date('2026-01-31T23:59:59.999Z');
  expect(monthOf(date)).toBe('2026-01');
  expect(monthsBefore(date, 3)).toEqual(['2025-10', '2025-11', '2025-12']);
  expect(new Date(monthsLaterSeconds(date, 13) * 1000).toISOString()).toBe('2027-03-01T00:00:00.000Z');
});

describe('the store', () => {
  let dynamo: TestDynamo;
  let points: PointStore;
  let now = new Date('2026-11-15T12:00:00Z');

  beforeAll(async () => {
    dynamo = await startDynamo();
    await dynamo.createTable('points', { 'tenants-by-month': ['GSI1PK', 'GSI1SK', ['tenant']] });
    const store = { client: dynamo.documents, table: 'points', now: () => now };
    points = createPointStore({ ...store, keepMonths: 13 });
  });
  afterAll(() => dynamo.stop());

  const book = (tenant: string, id: string, amount: number, kind: Entry['kind'] = 'earned') => {
    const entry = points.booking({ tenant, id, kind, points: amount, paymentId: 'pay_1' });
    return dynamo.documents.send(new TransactWriteCommand({ TransactItems: [entry] }));
  };
  const close = (tenant: string, month: string) =>
    points.close(tenant, month, (statement) => ({
      id: `${tenant}:${statement.number}:1`,
      type: 'loyalty.statement_issued.v1',
      occurredAt: now.toISOString(),
      tenant,
      aggregate: { type: 'a', id: tenant },
      sequence: statement.number,
      cause: { kind: 'reconciler', id: 'c' },
      data: statement,
    }));

  it('adds the entries since the last statement to it, and keeps tenants apart', async () => {
    await book('a', 'e1', 100);
    await book('a', 'e2', -30, 'taken-back');
    await book('b', 'e1', 7);
    expect(await points.balance('a')).toBe(70);
    now = new Date('2026-12-15T12:00:00Z');
    await book('a', 'e3', 5);
    expect([...(await points.tenantsOf('2026-11'))].sort()).toEqual(['a', 'b']);
    const first = {
      number: 1,
      month: '2026-11',
      opening: 0,
      earned: 100,
      takenBack: -30,
      redeemed: 0,
      closing: 70,
    };
    expect(await close('a', '2026-11')).toEqual(first);
    expect(await points.balance('a')).toBe(75);
    expect(await close('a', '2026-11')).toBeUndefined();
    now = new Date('2027-01-01T12:00:00Z');
    expect(await close('a', '2026-12')).toMatchObject({ number: 2, opening: 70, earned: 5, closing: 75 });
    expect((await points.statements('a', 12)).map(({ month }) => month)).toEqual(['2026-12', '2026-11']);
    expect(await points.statements('b', 12)).toEqual([]);
  });

  it('redeems once, never more than there are', async () => {
    await book('c', 'e1', 10);
    const redemption = { id: 'r1', points: 6, paymentId: 'pay_1', fingerprint: undefined };
    expect(await points.redeem('c', redemption)).toBe('redeemed');
    expect(await points.redeem('c', { ...redemption, points: 4 })).toBe('conflict');
    expect(await points.redeem('c', { ...redemption, id: 'r2' })).toBe('insufficient');
    expect(await points.balance('c')).toBe(4);
    expect(await points.redemption('c', 'r1')).toMatchObject({ points: 6, paymentId: 'pay_1' });
    expect(await points.redemption('d', 'r1')).toBeUndefined();
  });
});

it('a statement adds up', () => {
  const entry = (kind: Entry['kind'], amount: number): Entry => ({
    tenant: 't',
    id: 'i',
    paymentId: 'p',
    kind,
    points: amount,
  });
  const before = { number: 4, closing: 10 } as Statement;
  expect(
    statementOf('2026-11', [entry('earned', 5), entry('redeemed', -3), entry('earned', 1)], before),
  ).toEqual({
    number: 5,
    month: '2026-11',
    opening: 10,
    earned: 6,
    takenBack: 0,
    redeemed: -3,
    closing: 13,
  });
});
