import { expect, it, vi } from 'vitest';
import type { ProviderEvent } from '../../plugins/payment/providers/event.ts';
import type { LedgerEntry, ProviderPage } from '../../plugins/payment/providers/records.ts';
import { newCustomer, saveMethod } from './customers.ts';
import { subscribed } from './subscriptions.ts';
import type { Group } from './under-test.ts';
import { call, kitOf, PLAN_MINOR } from './under-test.ts';

const HOUR_MS = 3_600_000;

async function every<T>(page: (cursor: string | undefined) => Promise<ProviderPage<T>>): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const { items, next } = await page(cursor);
    found.push(...items);
    cursor = next;
  } while (cursor !== undefined);
  return found;
}

/** What the provider remembers. */
export const records: Group = (given) => {
  const { pay, refundOf } = kitOf(given);
  const around = () => [new Date(Date.now() - HOUR_MS), new Date(Date.now() + HOUR_MS)] as const;
  const missed = () => {
    const [since, until] = around();
    return every<ProviderEvent>((cursor) =>
      given().provider.records.missedEvents({ since, until, cursor }, call()),
    );
  };
  const ledger = ([from, to]: readonly [Date, Date]) =>
    every<LedgerEntry>((cursor) => given().provider.records.ledger({ from, to, cursor }, call()));

  it('tells of the events that never arrived, and of no others', async () => {
    const arrived = await pay();
    await vi.waitFor(async () => {
      const { deliveries } = (await given().control('GET', 'webhooks')).body;
      expect(deliveries.length).toBeGreaterThan(0);
      expect(deliveries.every(({ state }) => state === 'delivered')).toBe(true);
    }, 15_000);
    await given().control('POST', 'webhooks', { mode: 'drop' });
    const lost = await pay();
    const events = await missed();
    const isAbout = (ref: string) => (event: ProviderEvent) => event.kind === 'payment' && event.ref === ref;
    expect(events.filter(isAbout(arrived.ref))).toEqual([]);
    expect(events.filter(isAbout(lost.ref)).length).toBeGreaterThan(0);
    expect(events.every(({ id, type }) => id !== '' && type !== '')).toBe(true);
    const old = { since: new Date(Date.now() - 3 * HOUR_MS), until: new Date(Date.now() - 2 * HOUR_MS) };
    expect((await given().provider.records.missedEvents(old, call())).items).toEqual([]);
    await given().control('POST', 'webhooks', { mode: 'auto' });
  });

  it('tells what each of them is about', async () => {
    const { control, provider } = given();
    await control('POST', 'webhooks', { mode: 'drop' });
    const payment = await pay();
    const refund = await provider.refundsAndDisputes.refund(refundOf(payment, 1000), call());
    const disputed = await pay();
    const dispute = await given().openDispute(disputed);
    const customer = await newCustomer(given());
    const method = await saveMethod(given(), customer);
    await provider.customers.detach(method.ref, call());
    const { subscriptionId, ref, renewals } = await subscribed(given());
    const charged = renewals[0]?.snapshot;
    if (charged === undefined) throw new Error('the first charge is not there');
    await provider.refundsAndDisputes.refund(refundOf(charged, 400), call());
    await control('POST', 'webhooks', { mode: 'auto' });

    const events = await missed();
    const captures = payment.captures?.map((capture) => capture.ref) ?? [];
    const isOurRefund = (event: ProviderEvent) =>
      event.kind === 'refund' &&
      (event.ref === payment.ref ||
        event.refundRef === refund.ref ||
        captures.includes(event.captureRef ?? ''));
    expect(events.some(isOurRefund)).toBe(true);
    const told = (kind: ProviderEvent['kind'], about: object) =>
      expect(events, kind).toContainEqual(expect.objectContaining({ kind, ...about }));
    told('dispute', { ref: dispute });
    told('payment_method', { ref: method.ref, customerRef: method.customerRef });
    told('subscription', { ref, subscriptionId });
    told('renewal', { ref: renewals[0]?.ref });
    told('refund', { ref: charged.ref });
  });

  it('lists the captured and refunded amounts in its ledger', async () => {
    const { provider, currency } = given();
    const payment = await pay();
    await provider.refundsAndDisputes.refund(refundOf(payment, 1000), call());
    const held = await pay({ captureMethod: 'manual' });
    const part = await provider.capture({ ref: held.ref, amountMinor: 700, currency }, call());
    // What the capture released never was anybody else's: only the refund went back.
    await provider.refundsAndDisputes.refund(refundOf(part, 200), call());
    const entries = await ledger(around());
    const entryOf = (paymentId: string | undefined) =>
      entries.filter((entry) => entry.paymentId === paymentId && entry.capturedMinor > 0);
    expect(entryOf(payment.paymentId)).toMatchObject([
      { currency, capturedMinor: 2500, refundedMinor: 1000 },
    ]);
    expect(entryOf(held.paymentId)).toMatchObject([{ currency, capturedMinor: 700, refundedMinor: 200 }]);
    const { renewals } = await subscribed(given());
    const charged = (await ledger(around())).find(({ ref }) => ref === renewals[0]?.snapshot?.ref);
    expect(charged).toMatchObject({ paymentId: undefined, capturedMinor: PLAN_MINOR, refundedMinor: 0 });
    const before = [new Date(Date.now() - 3 * HOUR_MS), new Date(Date.now() - 2 * HOUR_MS)] as const;
    expect(await ledger(before)).toEqual([]);
  });
};
