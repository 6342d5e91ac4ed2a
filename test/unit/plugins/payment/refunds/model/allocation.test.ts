import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate } from '../../../../../../plugins/payment/refunds/model/allocation.ts';
import type { Dispute } from '../../../../../../plugins/payment/disputes/model/dispute.ts';
import type { Refund, RefundPart } from '../../../../../../plugins/payment/refunds/model/refund.ts';

const captures = [
  { ref: 'a', amountMinor: 400 },
  { ref: 'b', amountMinor: 600 },
];
const refundOf = (...parts: readonly Pick<RefundPart, 'captureRef' | 'amountMinor' | 'status'>[]) =>
  ({ parts }) as unknown as Refund;
const lostOf = (captureRef: string, takenMinor: number) => ({ captureRef, takenMinor }) as unknown as Dispute;

describe('allocate', () => {
  it('takes from the oldest capture first, what the others have left', () => {
    const refunds = [
      refundOf({ captureRef: 'a', amountMinor: 150, status: 'in_doubt' }),
      refundOf({ captureRef: 'a', amountMinor: 400, status: 'failed' }),
    ];
    expect(allocate(captures, { refunds, disputes: [] }, 300)).toEqual([
      { captureRef: 'a', amountMinor: 250 },
      { captureRef: 'b', amountMinor: 50 },
    ]);
  });

  it('leaves out what was lost', () => {
    const known = { refunds: [], disputes: [lostOf('a', 400)] };
    expect(allocate(captures, known, 600)).toEqual([{ captureRef: 'b', amountMinor: 600 }]);
    expect(allocate(captures, known, 601)).toBeUndefined();
  });

  it('hands out exactly the amount and never more than a capture brought in', () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(amounts, amounts, (brought, asked) => {
        const several = brought.map((amountMinor, index) => ({ ref: `c${index}`, amountMinor }));
        const refunds: Refund[] = [];
        let left = brought.reduce((sum, each) => sum + each, 0);
        for (const amount of asked) {
          const shares = allocate(several, { refunds, disputes: [] }, amount);
          expect(shares === undefined).toBe(amount > left);
          if (shares === undefined) continue;
          expect(shares.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(amount);
          refunds.push(refundOf(...shares.map((share) => ({ ...share, status: 'requested' as const }))));
          left -= amount;
        }
        for (const { ref, amountMinor } of several) {
          const parts = refunds.flatMap((each) => each.parts).filter(({ captureRef }) => captureRef === ref);
          expect(parts.reduce((sum, part) => sum + part.amountMinor, 0)).toBeLessThanOrEqual(amountMinor);
        }
      }),
    );
  });
});
