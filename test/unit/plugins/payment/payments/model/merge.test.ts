import { type EventContract, catalog } from '#events/catalog/index.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { changeOf } from '../../../../../../plugins/payment/payments/model/change.ts';
import { merge } from '../../../../../../plugins/payment/payments/model/merge.ts';
import {
  accepted,
  doubted,
  rejected,
} from '../../../../../../plugins/payment/payments/model/operation-outcome.ts';
import type { Payment } from '../../../../../../plugins/payment/payments/model/payment.ts';
import type { Snapshot } from '../../../../../../plugins/payment/payments/model/snapshot.ts';
import { paymentStatuses, transition } from '../../../../../../plugins/payment/payments/model/state.ts';

const payment: Payment = {
  id: 'pay_1',
  tenant: 'default',
  provider: 'stripe',
  livemode: false,
  status: 'initiating',
  amountMinor: 1000,
  currency: 'usd',
  captureMethod: 'manual',
  authorizedMinor: 0,
  capturableMinor: 0,
  capturedMinor: 0,
  refundableMinor: 0,
  refundPendingMinor: 0,
  refundedMinor: 0,
  lostMinor: 0,
  metadata: {},
  attempts: 0,
  flags: [],
  operation: { id: 'op_1', kind: 'create', status: 'requested' },
  activeOp: { id: 'op_1', kind: 'create', lockUntil: 0 },
  version: 1,
  seq: 0,
  createdAt: '2026-11-23T00:00:00.000Z',
  updatedAt: '2026-11-23T00:00:00.000Z',
};
const snapshot: Snapshot = {
  ref: 'pi_1',
  status: 'requires_action',
  providerStatus: 'requires_payment_method',
  amountMinor: 1000,
  currency: 'usd',
  livemode: false,
  paymentId: 'pay_1',
  authorizedMinor: 0,
  capturableMinor: 0,
  capturedMinor: 0,
};
const context = {
  cause: { kind: 'webhook' as const, id: 'evt_1' },
  actor: 'stripe',
  requestId: 'r',
  traceparent: undefined,
  now: new Date('2026-11-23T00:00:01Z'),
};
const snapshots = fc.record({
  ...Object.fromEntries(Object.entries(snapshot).map(([name, value]) => [name, fc.constant(value)])),
  status: fc.constantFrom(...paymentStatuses, undefined),
  amountMinor: fc.constantFrom(1000, 1000, 1000, 999),
  authorizedMinor: fc.nat(1000),
  capturableMinor: fc.nat(1000),
  capturedMinor: fc.nat(1000),
  failure: fc.option(fc.record({ code: fc.constant('card_declined'), ref: fc.constantFrom('a', 'b') }), {
    nil: undefined,
  }),
}) as unknown as fc.Arbitrary<Snapshot>;

describe('merge', () => {
  it('never shrinks money, keeps to the table, and tells gapless events of the catalogue', () => {
    const contracts = new Map(
      catalog.map((contract: EventContract<unknown>) => [contract.detailType, contract]),
    );
    fc.assert(
      fc.property(fc.array(snapshots, { maxLength: 12 }), (all) => {
        let now = payment;
        for (const given of all) {
          const merged = merge(now, given);
          expect(merged.payment.capturedMinor).toBeGreaterThanOrEqual(now.capturedMinor);
          if (merged.payment.flags.length === 0) {
            expect(transition(now.status, merged.payment.status)).not.toBe('refused');
          }
          if (!merged.changed) continue;
          const { after, events, log } = changeOf(now, merged.payment, merged, context);
          expect(after.version).toBe(now.version + 1);
          expect(after.seq).toBe(now.seq + (events.length > 0 ? 1 : 0));
          expect(log).toMatchObject({ version: after.version, from: now.status, to: after.status });
          events.forEach((event, index) => {
            expect(event.id).toBe(`pay_1:${after.seq}:${index + 1}`);
            const contract = contracts.get(event.type);
            expect(contract && z.safeParse(contract.data, event.data).success, event.type).toBe(true);
          });
          now = after;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(snapshots, (given) => {
        const once = merge(payment, given).payment;
        expect(merge(once, given).payment).toEqual(once);
      }),
    );
  });

  it.each([
    ['amount', { amountMinor: 1 }],
    ['currency', { currency: 'eur' }],
    ['livemode', { livemode: true }],
    ['paymentId', { paymentId: 'pay_2' }],
    ['paymentId', { paymentId: undefined }],
  ])('flags another %s once, and never lets it succeed', (field, wrong) => {
    const known = { ...payment, status: 'processing' as const, activeOp: undefined };
    const first = merge(known, { ...snapshot, status: 'succeeded', capturedMinor: 1000, ...wrong });
    expect(first).toMatchObject({
      mismatch: { field },
      payment: { status: 'processing', flags: ['mismatch'], capturedMinor: 0 },
    });
    expect(merge(first.payment, { ...snapshot, ...wrong })).toMatchObject({
      changed: false,
      mismatch: undefined,
    });
  });

  it('drops what is older than what we know', () => {
    const done = { ...payment, status: 'succeeded' as const, activeOp: undefined, providerRef: 'pi_1' };
    expect(merge(done, { ...snapshot, status: 'processing' })).toMatchObject({
      changed: false,
      refused: 'stale',
    });
    expect(merge(done, { ...snapshot, status: undefined })).toMatchObject({
      refused: 'unknown_provider_status',
    });
  });
});

describe('an operation under way', () => {
  const capturing: Payment = {
    ...payment,
    status: 'authorized',
    providerRef: 'pi_1',
    authorizedMinor: 1000,
    capturableMinor: 400,
    operation: { id: 'op_2', kind: 'capture', status: 'requested' },
    activeOp: { id: 'op_2', kind: 'capture', amountMinor: 600, lockUntil: 5 },
  };
  const held: Snapshot = { ...snapshot, status: 'authorized', authorizedMinor: 1000, capturableMinor: 1000 };

  it('keeps what it has reserved until the provider shows the effect', () => {
    expect(merge(capturing, held).changed).toBe(false);
    const shown = merge(capturing, { ...held, status: 'succeeded', capturedMinor: 600, capturableMinor: 0 });
    expect(shown.payment).toMatchObject({
      capturableMinor: 0,
      operation: { status: 'succeeded' },
      activeOp: undefined,
    });
    expect(
      merge(capturing, { ...held, status: 'canceled', capturableMinor: 0 }).payment.operation.status,
    ).toBe('failed');
  });

  it('gives it back when it did not happen, and nothing when that is unknown', () => {
    expect(rejected(capturing, { code: 'x' })).toMatchObject({
      capturableMinor: 1000,
      status: 'authorized',
      activeOp: undefined,
    });
    expect(doubted(capturing, 99)).toMatchObject({ capturableMinor: 400, activeOp: { lockUntil: 99 } });
    expect(accepted(capturing, { id: 'op_1', kind: 'capture' })).toBe(capturing);
    expect(accepted(capturing, { id: 'op_2', kind: 'capture' }).operation.status).toBe('succeeded');
  });
});
