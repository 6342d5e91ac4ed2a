import type { CustomerView, MethodView } from '../customers/customer-schema.ts';
import type { DisputeView, RefundView } from '../refunds/refund-schema.ts';
import type { PaymentView } from '../api/schemas.ts';
import type { SubscriptionView } from '../subscriptions/subscription-schema.ts';

const at = { createdAt: '2026-11-29T08:30:00.000Z', updatedAt: '2026-11-29T08:30:04.120Z' };

/** Waits for its payer. */
export const payment: PaymentView = {
  id: 'pay_01m8k82gh7zh9gn14z1q3bsqey',
  status: 'requires_action',
  amount: 100,
  amountMinor: 10_000,
  currency: 'usd',
  provider: 'stripe',
  providerRef: 'pi_3QxExample',
  captureMethod: 'automatic',
  authorizedMinor: 0,
  capturableMinor: 0,
  capturedMinor: 0,
  refundableMinor: 0,
  refundPendingMinor: 0,
  refundedMinor: 0,
  refundStatus: 'none',
  disputeStatus: 'none',
  orderReference: 'order-1001',
  metadata: { basket: '7' },
  flags: [],
  operation: { kind: 'create', status: 'succeeded' },
  ...at,
  version: 2,
};

export const authorized: PaymentView = {
  ...payment,
  status: 'authorized',
  captureMethod: 'manual',
  authorizedMinor: 10_000,
  capturableMinor: 10_000,
  captureBefore: '2026-12-06T08:30:04.000Z',
  version: 3,
};

export const paid: PaymentView = {
  ...payment,
  status: 'succeeded',
  authorizedMinor: 10_000,
  capturedMinor: 10_000,
  refundableMinor: 10_000,
  version: 3,
};

export const refund: RefundView = {
  id: 'rf_01m8k8c0d5t0m8v6g2v2hq8z4e',
  paymentId: payment.id,
  status: 'succeeded',
  amount: 30,
  amountMinor: 3000,
  refundedMinor: 3000,
  currency: 'usd',
  reason: 'requested_by_customer',
  origin: 'api',
  providerRefs: ['re_3QxExample'],
  ...at,
};

export const dispute: DisputeView = {
  id: 'dp_1QxExample',
  paymentId: payment.id,
  kind: 'dispute',
  status: 'open',
  stage: 'chargeback',
  reason: 'fraudulent',
  amount: 100,
  amountMinor: 10_000,
  currency: 'usd',
  dueBy: '2026-12-13T23:59:59.000Z',
  refundBlocked: true,
  ...at,
};

export const customer: CustomerView = {
  id: 'cus_01m8k8d6c3w4x2m7h8m0t9s5aq',
  status: 'active',
  provider: 'stripe',
  providerRef: 'cus_QxExample',
  email: 'buyer@example.com',
  name: 'B. Buyer',
  metadata: {},
  defaultMethodId: null,
  operation: { kind: 'create', status: 'succeeded' },
  ...at,
  version: 2,
};

export const method: MethodView = {
  id: 'pm_01m8k8e1q7n3f5c9k2r6y0d4bw',
  customerId: customer.id,
  status: 'active',
  provider: 'stripe',
  providerRef: 'pm_1QxExample',
  type: 'card',
  brand: 'visa',
  last4: '4242',
  expMonth: 12,
  expYear: 2030,
  default: true,
  operation: { kind: 'attach', status: 'succeeded' },
  ...at,
};

export const subscription: SubscriptionView = {
  id: 'sub_01m8k8f4s2j6v8b1n5t3p7x9gk',
  status: 'active',
  provider: 'stripe',
  providerRef: 'sub_1QxExample',
  customerId: customer.id,
  planId: 'price_1QxExample',
  quantity: 1,
  currentPeriodEnd: '2026-12-29T08:30:00.000Z',
  cancelAtPeriodEnd: false,
  metadata: {},
  flags: [],
  operation: { kind: 'create', status: 'succeeded' },
  ...at,
  version: 3,
};
