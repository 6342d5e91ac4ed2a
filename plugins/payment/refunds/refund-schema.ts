import * as z from 'zod/mini';
import { disputeKind, disputeStatus, refundOrigin, refundStatus } from '../api/enums.ts';
import { timestamp } from '../api/schemas.ts';

const minor = z.int().check(z.gte(0));

export const refundFailure = z.object({ code: z.string() });

/** A refund as clients see it. */
export const refundSchema = z.object({
  id: z.string(),
  paymentId: z.string(),
  status: refundStatus,
  /** Major units. */
  amount: z.number(),
  amountMinor: minor,
  /** The refunded amount; less than requested where one of several captures could not give its share. */
  refundedMinor: minor,
  currency: z.string(),
  reason: z.optional(z.string()),
  /** `provider`: made at the provider, such as in its dashboard. */
  origin: refundOrigin,
  /** The provider's ids: one, or one per capture. */
  providerRefs: z.array(z.string()),
  failure: z.optional(refundFailure),
  createdAt: timestamp,
  updatedAt: timestamp,
});
refundSchema.register(z.globalRegistry, { id: 'Refund' });
export type RefundView = z.infer<typeof refundSchema>;

export const refundListSchema = z.object({ refunds: z.array(refundSchema) });
refundListSchema.register(z.globalRegistry, { id: 'RefundList' });

/** A dispute or reversal as clients see it. */
export const disputeSchema = z.object({
  /** The provider's id. */
  id: z.string(),
  paymentId: z.string(),
  kind: disputeKind,
  status: disputeStatus,
  stage: z.optional(z.string()),
  reason: z.string(),
  /** Major units. */
  amount: z.number(),
  amountMinor: minor,
  currency: z.string(),
  /** Until when evidence may be given. */
  dueBy: z.optional(timestamp),
  refundBlocked: z.boolean(),
  createdAt: timestamp,
  updatedAt: timestamp,
});
disputeSchema.register(z.globalRegistry, { id: 'Dispute' });
export type DisputeView = z.infer<typeof disputeSchema>;

export const disputeListSchema = z.object({ disputes: z.array(disputeSchema) });
disputeListSchema.register(z.globalRegistry, { id: 'DisputeList' });
