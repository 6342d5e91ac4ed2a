import { expect, it } from 'vitest';
import {
  type ChangeContext,
  changeOf,
  firstChange,
} from '../../../../../../plugins/payment/payments/model/change.ts';
import { initialPaymentState } from '../../../../../../plugins/payment/payments/model/payment.ts';

const at = '2026-11-23T00:00:00.000Z';
const payment = {
  ...initialPaymentState,
  id: 'pay_1',
  tenant: 'default',
  provider: 'stripe',
  livemode: false,
  metadata: {},
  amountMinor: 1000,
  currency: 'usd',
  captureMethod: 'automatic' as const,
  operation: { id: 'op_1', kind: 'create' as const, status: 'requested' as const },
  version: 1,
  seq: 0,
  createdAt: at,
  updatedAt: at,
};
const contextIn = (traceparent: string | undefined): ChangeContext => ({
  cause: { kind: 'api', id: 'r1' },
  actor: 'ada',
  requestId: 'r1',
  now: new Date(at),
  traceparent,
});
const create = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331';

it('keeps the trace of the create where it is sampled, through later changes, and out of the log', () => {
  const { after } = firstChange(payment, [], contextIn(`${create}-01`));
  expect(after.traceparent).toBe(`${create}-01`);
  const later = contextIn(`${create.replaceAll('a', 'b')}-01`);
  const change = changeOf(after, { ...after, status: 'processing' }, {}, later);
  expect(change.after.traceparent).toBe(`${create}-01`);
  expect(JSON.stringify([change.log, change.firstLog])).not.toContain('traceparent');
});

it.each([undefined, `${create}-00`])('keeps no trace that is not sampled: %s', (traceparent) => {
  expect(firstChange(payment, [], contextIn(traceparent)).after).not.toHaveProperty('traceparent');
});
