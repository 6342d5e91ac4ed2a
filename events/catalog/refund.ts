import * as z from 'zod/mini';
import { eventContract } from './contract.ts';
import { money } from './payment.ts';

const text = z.string().check(z.minLength(1));

/** What every event of a refund says. Refund events share the sequence of their payment. */
const common = {
  provider: text,
  providerRef: z.nullable(text),
  refundId: text,
  /** What this event is about: a refund of several captures arrives capture by capture. */
  refundAmount: money,
  /** All that is back by now, and what can still be given back. */
  refundedTotal: money,
  refundable: money,
  /** `provider`: made elsewhere, as in the provider's dashboard. */
  origin: z.enum(['api', 'provider']),
};

export const refundPending = eventContract({
  type: 'refund.pending',
  version: '1.0.0',
  summary: 'The provider has accepted a refund and will report the outcome.',
  data: () => z.object({ ...common, reason: z.optional(text) }),
});

export const refundSucceeded = eventContract({
  type: 'refund.succeeded',
  version: '1.0.0',
  summary: 'The provider has refunded the payer. The refund may still fail.',
  data: () => z.object({ ...common, reason: z.optional(text) }),
});

export const refundFailed = eventContract({
  type: 'refund.failed',
  version: '1.0.0',
  summary: 'A refund failed, perhaps after it had succeeded: the amount can be refunded again.',
  data: () => z.object({ ...common, failureReason: text }),
});

export const refundCanceled = eventContract({
  type: 'refund.canceled',
  version: '1.0.0',
  summary: 'A refund was canceled: the amount can be refunded again.',
  data: () => z.object(common),
});
