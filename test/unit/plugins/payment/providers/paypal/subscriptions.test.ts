import type { PaymentTokenResponse, SetupTokenResponse, Subscription } from '@paypal/paypal-server-sdk';
import { describe, expect, it } from 'vitest';
import {
  toMethodSnapshot,
  toPendingMethod,
} from '../../../../../../plugins/payment/providers/paypal/method-mapping.ts';
import { toSubscriptionSnapshot } from '../../../../../../plugins/payment/providers/paypal/subscription-mapping.ts';

const unknown = expect.objectContaining({ details: expect.objectContaining({ class: 'unknown' }) });

describe('a subscription', () => {
  const money = { currencyCode: 'EUR', value: '0.00' };
  const billing = (failedPaymentsCount: number, trial = false, regular = 0) => ({
    outstandingBalance: money,
    failedPaymentsCount,
    nextBillingTime: '2026-12-01T10:00:00Z',
    cycleExecutions: [
      ...(trial ? [{ tenureType: 'TRIAL', sequence: 1, cyclesCompleted: 1 }] : []),
      { tenureType: 'REGULAR', sequence: 2, cyclesCompleted: regular },
    ],
  });
  const subscription = (more: object) =>
    ({
      id: 'I-1',
      planId: 'P-1',
      customId: 'sub_1',
      links: [{ rel: 'approve', href: 'https://www.paypal.com/webapps/billing/subscriptions?ba_token=X' }],
      ...more,
    }) as unknown as Subscription;

  it.each([
    [{ status: 'APPROVAL_PENDING' }, 'incomplete'],
    [{ status: 'APPROVED' }, 'incomplete'],
    [{ status: 'ACTIVE' }, 'active'],
    [{ status: 'ACTIVE', billingInfo: billing(0, false, 0) }, 'active'],
    [{ status: 'ACTIVE', billingInfo: billing(0, true, 0) }, 'trialing'],
    [{ status: 'ACTIVE', billingInfo: billing(0, true, 1) }, 'active'],
    [{ status: 'ACTIVE', billingInfo: billing(1, false, 3) }, 'past_due'],
    [{ status: 'SUSPENDED', billingInfo: billing(3) }, 'unpaid'],
    [{ status: 'SUSPENDED', billingInfo: billing(0) }, 'paused'],
    [{ status: 'CANCELLED' }, 'canceled'],
    [{ status: 'EXPIRED' }, 'expired'],
    [{ status: 'SOMETHING_NEW' }, undefined],
  ])('%j is %s', (more, expected) => {
    const snapshot = toSubscriptionSnapshot(subscription(more), true);
    expect(snapshot).toMatchObject({
      ref: 'I-1',
      planId: 'P-1',
      subscriptionId: 'sub_1',
      livemode: true,
      cancelAtPeriodEnd: false,
    });
    expect(snapshot.status).toBe(expected);
    expect(snapshot.currentPeriodEnd).toBe('billingInfo' in more ? '2026-12-01T10:00:00Z' : undefined);
    expect(snapshot.nextAction?.type).toBe(more.status === 'APPROVAL_PENDING' ? 'redirect' : undefined);
  });

  it.each(['id', 'planId', 'status'])('without its %s says nothing', (member) => {
    expect(() =>
      toSubscriptionSnapshot(subscription({ status: 'ACTIVE', [member]: undefined }), true),
    ).toThrow(unknown);
  });
});

describe('a saved method', () => {
  it('shows what the payer knows it by, and nothing of the payer', () => {
    const card = { lastDigits: '1111', brand: 'VISA', expiry: '2030-02', name: 'B. Buyer' };
    const stored = { id: 'T1', customer: { id: 'C1' }, paymentSource: { card } } as PaymentTokenResponse;
    expect(toMethodSnapshot(stored)).toEqual({
      ref: 'T1',
      status: 'active',
      customerRef: 'C1',
      type: 'card',
      brand: 'visa',
      last4: '1111',
      expMonth: 2,
      expYear: 2030,
    });
    const paypal = { emailAddress: 'buyer@example.com', payerId: 'X' };
    expect(toMethodSnapshot({ id: 'T2', paymentSource: { paypal } }, 'C2')).toEqual({
      ref: 'T2',
      status: 'active',
      customerRef: 'C2',
      type: 'paypal',
    });
    expect(toMethodSnapshot({ id: 'T3', paymentSource: { venmo: {} } }).type).toBe('venmo');
    expect(() => toMethodSnapshot({})).toThrow(unknown);
  });

  it.each([
    ['PAYER_ACTION_REQUIRED', { type: 'redirect', url: 'https://x/approve' }],
    ['APPROVED', undefined],
    ['VAULTED', undefined],
  ])('that is only set up waits to be attached, %s with %j', (status, nextAction) => {
    const links = [{ rel: 'approve', href: 'https://x/approve' }];
    const setup = { id: 'S1', customer: { id: 'C1' }, status, links } as SetupTokenResponse;
    const pending = toPendingMethod(setup);
    expect(pending).toMatchObject({
      ref: 'S1',
      status: 'requires_action',
      type: 'paypal',
      customerRef: 'C1',
    });
    expect(pending.nextAction).toEqual(nextAction);
  });
});
