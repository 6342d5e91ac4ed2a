import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createId } from '../../plugins/payment/engine/model/ids.ts';
import type { SubscriptionRequest } from '../../plugins/payment/providers/subscriptions.ts';
import { newCustomer, saveMethod } from './customers.ts';
import type { Group, ProviderUnderTest } from './under-test.ts';
import { call, failsAs, kitOf, PLAN_MINOR } from './under-test.ts';

const DAY_MS = 86_400_000;
const ALWAYS = { since: new Date(Date.now() - DAY_MS), until: new Date(Date.now() + 300 * DAY_MS) };

async function requestFor(given: ProviderUnderTest): Promise<SubscriptionRequest> {
  const { customerRef } = await newCustomer(given);
  return {
    subscriptionId: createId('sub', Date.now()),
    planId: await given.makePlan(),
    quantity: 1,
    customerRef,
    returnUrl: 'https://shop.example/return',
    metadata: {},
  };
}

/** A subscription whose payer paid, with its charges so far. */
export async function subscribed(given: ProviderUnderTest) {
  const { subscriptions: adapter } = given.provider;
  const { subscriptionId, ...request } = await requestFor(given);
  const subscription = await adapter.create({ ...request, subscriptionId }, call());
  await given.subscribe(subscription);
  const { ref } = subscription;
  return { subscriptionId, ref, renewals: await adapter.listRenewals({ ref, ...ALWAYS }, call()) };
}

/** Subscriptions and their charges, which are payments. */
export const subscriptions: Group = (given) => {
  const { advance, refundOf } = kitOf(given);
  const of = () => given().provider.subscriptions;
  const begun = async (more: Partial<SubscriptionRequest> = {}) => {
    const request = { ...(await requestFor(given())), ...more };
    const subscription = await of().create(request, call());
    return { request, subscription, ref: subscription.ref };
  };
  const active = async () => {
    const made = await begun();
    await given().subscribe(made.subscription);
    return made;
  };
  const renewals = (ref: string) => of().listRenewals({ ref, ...ALWAYS }, call());
  const cancel = (ref: string, atPeriodEnd = false) => of().cancel({ ref, atPeriodEnd }, call());
  const resume = (ref: string, key?: string) => of().resume({ ref }, call(key));
  const pause = (ref: string) => given().control('POST', `subscriptions/${ref}/pause`, {});

  it('begins one for one key, which waits for the payer', async () => {
    const { provider } = given();
    const request = await requestFor(given());
    const key = randomUUID();
    const first = await of().create(request, call(key));
    expect(first).toMatchObject({
      status: 'incomplete',
      subscriptionId: request.subscriptionId,
      planId: request.planId,
      livemode: provider.livemode,
      cancelAtPeriodEnd: false,
    });
    // There is a page to send the payer to, or something to confirm on ours.
    expect(first.nextAction?.url ?? first.clientSecret).toEqual(expect.any(String));
    expect((await of().create(request, call(key))).ref).toBe(first.ref);
    const sought = { ...request, createdAt: new Date().toISOString() };
    const found = await of().find(sought, call());
    expect(found?.ref).toBe(provider.capabilities.search ? first.ref : undefined);
    expect((await renewals(first.ref)).every(({ snapshot }) => snapshot?.status !== 'succeeded')).toBe(true);
  });

  it('is active when the payer paid, and its first charge is a payment that can be refunded', async () => {
    const { refundsAndDisputes } = given().provider;
    const { ref } = await active();
    const now = await of().retrieve(ref, call());
    expect(now).toMatchObject({ status: 'active', currentPeriodEnd: expect.any(String) });
    expect(now.nextAction).toBeUndefined();
    expect(now.clientSecret).toBeUndefined();
    expect(Date.parse(now.currentPeriodEnd ?? '')).toBeGreaterThan(Date.now() + 27 * DAY_MS);
    const [first, ...others] = await renewals(ref);
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      subscriptionRef: ref,
      snapshot: { status: 'succeeded', amountMinor: PLAN_MINOR, capturedMinor: PLAN_MINOR },
    });
    if (first?.snapshot === undefined) throw new Error('the first charge is not there');
    const request = refundOf(first.snapshot, 400);
    const refund = await refundsAndDisputes.refund(request, call());
    expect(refund).toMatchObject({ status: 'succeeded', amountMinor: 400, refundId: request.refundId });
    expect(await refundsAndDisputes.listRefunds(first.snapshot.ref, call())).toMatchObject([
      { ref: refund.ref },
    ]);
    expect(await given().provider.retrieve(first.snapshot.ref, call())).toMatchObject({
      ref: first.snapshot.ref,
      capturedMinor: PLAN_MINOR,
    });
  });

  it('is renewed with its period', async () => {
    const { ref } = await active();
    const before = (await renewals(ref)).map((renewal) => renewal.ref);
    await advance('32d');
    const later = await renewals(ref);
    expect(later).toHaveLength(2);
    const renewal = later.find((one) => !before.includes(one.ref));
    expect(renewal).toMatchObject({ subscriptionRef: ref, snapshot: { status: 'succeeded' } });
    expect(renewal?.initial ?? false).toBe(false);
    const looked = await of().retrieveRenewal(renewal?.ref ?? '', call());
    expect(looked).toMatchObject({
      ref: renewal?.ref,
      subscriptionRef: ref,
      snapshot: { ref: renewal?.snapshot?.ref, status: 'succeeded', capturedMinor: PLAN_MINOR },
    });
    expect((await of().retrieve(ref, call())).status).toBe('active');
  });

  it('is past due when a charge fails, and shows no money that did not come', async () => {
    const { ref, subscription } = await active();
    await given().runDry(subscription);
    await advance('32d');
    expect((await of().retrieve(ref, call())).status).toBe('past_due');
    const taken = (await renewals(ref)).filter(({ snapshot }) => (snapshot?.capturedMinor ?? 0) > 0);
    expect(taken).toHaveLength(1);
    expect(await cancel(ref)).toMatchObject({ status: 'canceled' });
  });

  it('lists the charges of a time only', async () => {
    const { ref } = await active();
    const past = { since: new Date(Date.now() - 3 * DAY_MS), until: new Date(Date.now() - 2 * DAY_MS) };
    expect(await of().listRenewals({ ref, ...past }, call())).toEqual([]);
  });

  it('ends with its period where that can be said', async () => {
    const { ref } = await active();
    if (!given().provider.capabilities.cancelAtPeriodEnd) {
      await failsAs(cancel(ref, true), 'invalid');
      expect(await of().retrieve(ref, call())).toMatchObject({ status: 'active', cancelAtPeriodEnd: false });
      return;
    }
    expect(await cancel(ref, true)).toMatchObject({ status: 'canceling', cancelAtPeriodEnd: true });
    expect(await cancel(ref, true)).toMatchObject({ status: 'canceling' });
    await advance('32d');
    expect((await of().retrieve(ref, call())).status).toBe('canceled');
    expect(await renewals(ref)).toHaveLength(1);
  });

  it('is canceled at once, twice, and not charged any more', async () => {
    const { ref } = await active();
    expect(await cancel(ref)).toMatchObject({ ref, status: 'canceled' });
    expect(await cancel(ref)).toMatchObject({ ref, status: 'canceled' });
    await advance('32d');
    expect(await renewals(ref)).toHaveLength(1);
  });

  it('goes on when a pause is taken back, and is charged again', async () => {
    const { ref } = await active();
    await pause(ref);
    expect((await of().retrieve(ref, call())).status).toBe('paused');
    const key = randomUUID();
    expect(await resume(ref, key)).toMatchObject({ ref, status: 'active' });
    expect(await resume(ref, key)).toMatchObject({ ref, status: 'active' });
    expect(await resume(ref)).toMatchObject({ ref, status: 'active' });
    await advance('32d');
    expect(await renewals(ref)).toHaveLength(2);
  });

  it('goes on when its planned end is taken back, where there is one', async () => {
    const { ref } = await active();
    if (given().provider.capabilities.cancelAtPeriodEnd) await cancel(ref, true);
    expect(await resume(ref)).toMatchObject({ ref, status: 'active', cancelAtPeriodEnd: false });
    await advance('32d');
    expect((await of().retrieve(ref, call())).status).toBe('active');
  });

  it('does not go on once it has ended', async () => {
    const { ref } = await active();
    await cancel(ref);
    await failsAs(resume(ref), 'already_done');
    await failsAs(given().direct.subscriptions.resume({ ref: 'nothing' }, call()), 'invalid');
  });

  it('keeps its customer from being deleted, unless it is to be canceled with it', async () => {
    const { customers: adapter } = given().provider;
    const { ref, request } = await active();
    const { customerRef } = request;
    const { customerRef: named } = await of().retrieve(ref, call());
    expect(named).toBe(customerRef);
    // Where a subscription has no customer, it keeps nobody.
    if (customerRef === undefined) return;
    const deletion = { ref: customerRef, cancelSubscriptions: false };
    await expect(adapter.delete(deletion, call())).rejects.toMatchObject({
      details: { class: 'invalid', code: 'subscriptions_live' },
    });
    expect((await of().retrieve(ref, call())).status).toBe('active');
    await adapter.delete({ ...deletion, cancelSubscriptions: true }, call());
    expect((await of().retrieve(ref, call())).status).toBe('canceled');
  });

  it('knows no charge that does not exist', async () => {
    expect(await given().direct.subscriptions.retrieveRenewal('nothing', call())).toBeUndefined();
  });

  it('never changes anything without a key', async () => {
    const request = await requestFor(given());
    const keyless = { budgetMs: 5_000 };
    await expect(async () => of().create(request, keyless)).rejects.toThrow(TypeError);
    const canceling = { ref: 'x', atPeriodEnd: false };
    await expect(async () => of().cancel(canceling, keyless)).rejects.toThrow(TypeError);
    await expect(async () => of().resume({ ref: 'x' }, keyless)).rejects.toThrow(TypeError);
  });

  it('begins with a saved method where that can be', async () => {
    const customer = await newCustomer(given());
    const method = await saveMethod(given(), customer);
    const more = { customerRef: method.customerRef, methodRef: method.ref };
    if (given().provider.capabilities.savedMethods) {
      expect((await begun(more)).subscription.status).toBe('incomplete');
    } else await failsAs(begun(more), 'invalid');
  });
};
