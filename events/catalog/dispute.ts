import * as z from 'zod/mini';
import { eventContract } from './contract.ts';
import { money } from './payment.ts';

const text = z.string().check(z.minLength(1));

/** What every event of a dispute says. Dispute events share the sequence of their payment. */
const common = {
  provider: text,
  providerRef: z.nullable(text),
  /** The provider's id of the dispute. */
  disputeId: text,
  amount: money,
  reason: text,
  status: z.enum(['inquiry', 'open', 'under_review', 'won', 'lost', 'closed']),
  /** The provider's stage, such as `chargeback`, where it names one. */
  stage: z.optional(text),
  /** Until when evidence may be given. */
  dueBy: z.optional(z.iso.datetime()),
  /** Whether refunds of the payment are refused as long as it is open. */
  refundBlocked: z.boolean(),
};

export const disputeOpened = eventContract({
  type: 'dispute.opened',
  version: '1.0.0',
  summary: 'A payer opened a dispute, or an inquiry before one.',
  data: () => z.object(common),
});

export const disputeUpdated = eventContract({
  type: 'dispute.updated',
  version: '1.0.0',
  summary: 'The status of a dispute changed, without a decision.',
  data: () => z.object(common),
});

export const disputeClosed = eventContract({
  type: 'dispute.closed',
  version: '1.0.0',
  summary: 'A dispute was decided or withdrawn.',
  data: () => z.object({ ...common, outcome: z.enum(['won', 'lost', 'withdrawn']) }),
});

export const paymentReversed = eventContract({
  type: 'payment.reversed',
  version: '1.0.0',
  summary: 'The provider reversed a payment, in full or in part.',
  data: () =>
    z.object({
      provider: text,
      providerRef: z.nullable(text),
      /** The provider's object that shows the reversal. */
      reversalId: text,
      amount: money,
      reason: text,
    }),
});
