import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loyaltyStatementIssued } from '#events/catalog/loyalty.ts';
import { paymentSucceeded } from '#events/catalog/payment.ts';
import { refundFailed, refundSucceeded } from '#events/catalog/refund.ts';
import {
  type Answer,
  eventually,
  startTestPlatform,
  type TestClient,
  type TestPlatform,
} from '#testing/index.ts';

const SIGNING_KEY = 'voucher-key-hunter2-0123456789abcdef';
const SCOPES = ['loyalty:read', 'loyalty:redeem', 'payments:read'];

const startWith = (more: Parameters<typeof startTestPlatform>[0] = {}) =>
  startTestPlatform({
    plugins: ['payment', 'advanced-plugin'],
    // A document as version 1 of the plugin had it.
    config: { 'advanced-plugin': { version: 1, values: { pointsPerHundred: 2, signingKey: SIGNING_KEY } } },
    ...more,
  });

/** Pays with a saved card, at once. @returns the id of the payment */
async function pay(client: TestClient, amount: number): Promise<string> {
  const body = { amount, currency: 'usd', paymentMethodId: 'pm_card_visa', confirm: true };
  const answer = await client.request('POST', '/payments', { body });
  expect(answer).toMatchObject({ status: 201, body: { status: 'succeeded' } });
  return answer.body.id as string;
}

const load = (platform: TestPlatform): Promise<Answer> =>
  platform.request('POST', '/plugins/load', { body: { name: 'advanced-plugin' } });

describe('the advanced plugin', { timeout: 120_000 }, () => {
  let platform: TestPlatform;
  let payment: string;
  const points = async (client: TestClient = platform) =>
    (await client.request('GET', '/loyalty/points')).body.points as number;
  const consumed = () => platform.events.consumed('advanced-plugin/onPaymentSucceeded');
  const refunds = () =>
    Promise.all([
      platform.events.consumed('advanced-plugin/onRefundSucceeded'),
      platform.events.consumed('advanced-plugin/onRefundFailed'),
    ]);

  beforeAll(async () => {
    platform = await startWith();
  });
  afterAll(() => platform?.stop());

  it('takes no calls and starts no function until it is loaded; its events wait', async () => {
    expect((await platform.request('GET', '/plugins/advanced-plugin')).body.status).toBe('registered');
    expect((await platform.request('GET', '/loyalty/points')).body.code).toBe('plugin-unloaded');
    payment = await pay(platform, 100);
    const isOurs = ({ detail }: { detail: { aggregate: { id: string } } }) => detail.aggregate.id === payment;
    await platform.events.waitFor(paymentSucceeded, { where: isOurs, withinMs: 30_000 });
    expect(await platform.invocations.list('advanced-plugin/on-payment-succeeded')).toEqual([]);
    expect(await load(platform)).toMatchObject({ status: 200, body: { status: 'loaded' } });
  });

  it('books points after a payment, by the configuration that it migrated from version 1', async () => {
    await consumed();
    expect(await points()).toBe(200);
    expect(await platform.config.get('advanced-plugin')).toEqual({
      earning: { minorUnitsPerPoint: 50 },
      voucher: { signingKey: '********' },
    });
  });

  it('counts an event once, however often it is delivered', async () => {
    const { detail } = await platform.events.waitFor(paymentSucceeded);
    await platform.events.emit(paymentSucceeded, detail);
    await consumed();
    expect(await points()).toBe(200);
  });

  it('takes points back with a refund', async () => {
    const body = { amount: 30 };
    expect((await platform.request('POST', `/payments/${payment}/refunds`, { body })).status).toBe(201);
    await platform.events.waitFor(refundSucceeded, { withinMs: 30_000 });
    await refunds();
    expect(await points()).toBe(140);
  });

  it('follows the order of a payment’s refunds, not that of their arrival', async () => {
    const { detail } = await platform.events.waitFor(refundSucceeded);
    const aggregate = { type: 'payment', id: 'pay_order' };
    const refundOf = (sequence: number, amountMinor: number) => ({
      aggregate,
      sequence,
      tenant: 'ordered',
      data: { ...detail.data, refundedTotal: { amountMinor, currency: 'usd' } },
    });
    const ordered = platform.as({ tenant: 'ordered', scopes: SCOPES });
    await platform.events.emit(refundSucceeded, refundOf(5, 149));
    await refunds();
    expect(await points(ordered)).toBe(-2);
    await platform.events.emit(refundSucceeded, refundOf(4, 100));
    await refunds();
    expect(await points(ordered)).toBe(-2);
    const { data, ...failed } = refundOf(6, 0);
    await platform.events.emit(refundFailed, { ...failed, data: { ...data, failureReason: 'declined' } });
    await refunds();
    expect(await points(ordered)).toBe(0);
  });

  describe('redeems points', () => {
    const redeem = (client: TestClient, body: object, key?: string) =>
      client.request('POST', '/loyalty/redemptions', {
        body,
        ...(key && { headers: { 'idempotency-key': key } }),
      });

    it('for a voucher on a payment that the user may see, once for each key', async () => {
      const user = platform.as({ subject: 'ada', scopes: SCOPES });
      const wanted = { points: 40, paymentId: payment };
      const first = await redeem(user, wanted, 'key-1');
      expect(first).toMatchObject({ status: 201, body: wanted });
      expect(first.body.voucher).toMatch(new RegExp(`^${first.body.id}\\.[\\w-]{20}$`));
      const again = await redeem(user, wanted, 'key-1');
      expect([again.status, again.body]).toEqual([201, first.body]);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect((await redeem(user, { ...wanted, points: 41 }, 'key-1')).body.code).toBe(
        'idempotency-key-reused',
      );
      expect(await points()).toBe(100);
    });

    it('not more than there are, nor on a payment that did not succeed', async () => {
      expect((await redeem(platform, { points: 101, paymentId: payment })).body.code).toBe(
        'points-insufficient',
      );
      const { body: open } = await platform.request('POST', '/payments', {
        body: { amount: 5, currency: 'usd' },
      });
      expect((await redeem(platform, { points: 1, paymentId: open.id })).body).toMatchObject({
        code: 'payment-not-eligible',
        detail: 'The payment is requires_action, not succeeded.',
      });
    });

    it('with the rights of the user at the payment plugin, whose refusal it hands on', async () => {
      const stranger = platform.as({ tenant: 'acme', scopes: SCOPES });
      expect(await redeem(stranger, { points: 1, paymentId: payment })).toMatchObject({
        status: 404,
        body: { code: 'payment-not-found' },
      });
      const narrow = platform.as({ scopes: ['loyalty:redeem'] });
      expect(await redeem(narrow, { points: 1, paymentId: payment })).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
    });

    it('one after the other: two at once do not spend the same points', async () => {
      const answers = await Promise.all(
        [60, 60].map((wanted) => redeem(platform, { points: wanted, paymentId: payment })),
      );
      expect(answers.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(1);
      expect(await points()).toBe(40);
    });
  });

  it('states each month when it is over, once, and publishes that', async () => {
    const { ran } = await platform.clock.advance('32d');
    expect(ran).toContainEqual(
      expect.objectContaining({
        schedule: 'statements',
        status: 'ok',
        result: expect.objectContaining({ summary: { issued: 2, isComplete: true } }),
      }),
    );
    const { body } = await platform.request('GET', '/loyalty/statements');
    const statement = { opening: 0, earned: 200, takenBack: -60, redeemed: -100, closing: 40 };
    expect(body.statements).toEqual([{ month: expect.stringMatching(/^\d{4}-\d{2}$/), ...statement }]);
    const isOurs = ({ detail }: { detail: { tenant: string } }) => detail.tenant === 'default';
    expect((await platform.events.waitFor(loyaltyStatementIssued, { where: isOurs })).detail).toMatchObject({
      aggregate: { type: 'loyalty_account', id: 'default' },
      sequence: 1,
      data: statement,
    });
    expect(await platform.clock.runSchedule('advanced-plugin/statements')).toMatchObject({
      result: { summary: { issued: 0, isComplete: true } },
    });
    expect(await points()).toBe(40);
  });

  it('counts the accounts that owe points, for its alarm', async () => {
    await platform.events.emit(refundSucceeded, { tenant: 'debtor' });
    await refunds();
    expect(await platform.clock.runSchedule('advanced-plugin/balances')).toMatchObject({
      status: 'ok',
      result: { summary: { negative: 1 } },
    });
  });

  it('takes a new configuration on, refuses a bad one, and shows the key nowhere', async () => {
    await platform.config.change('advanced-plugin', { earning: { minorUnitsPerPoint: 10 } });
    let count = 0;
    const pointsOfSample = async () => {
      const tenant = `rate-${(count += 1)}`;
      await platform.events.emit(paymentSucceeded, { tenant });
      await consumed();
      return points(platform.as({ tenant, scopes: SCOPES }));
    };
    // The sample is of 10000 minor units.
    await eventually(pointsOfSample, (earned) => earned === 1000);
    await expect(
      platform.config.change('advanced-plugin', { voucher: { signingKey: 'short' } }),
    ).rejects.toThrow('voucher.signingKey must be 32 characters or more');
    const logs = await Promise.all(
      ['api', 'redemptions'].map((key) => platform.invocations.logs(`advanced-plugin/${key}`)),
    );
    expect(JSON.stringify(logs) + platform.output()).not.toContain('hunter2');
  });
});

describe('the advanced plugin without a permission', { timeout: 120_000 }, () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startWith({
      revoke: { 'advanced-plugin/redemptions': ['call:payment.getPayment'] },
    });
    await load(platform);
  });
  afterAll(() => platform?.stop());

  it('may not call the payment plugin, and is told which line it lacks', async () => {
    const denial = await platform.invocations.expectDenied(
      { function: 'advanced-plugin/redemptions', action: 'lambda:InvokeFunction', resource: 'payment-api' },
      () => platform.request('POST', '/loyalty/redemptions', { body: { points: 1, paymentId: 'pay_1' } }),
    );
    expect(denial.hint).toBe(
      'add "call:payment.getPayment" to permissions.redemptions in plugins/examples/advanced-plugin/plugin.json',
    );
  });
});
