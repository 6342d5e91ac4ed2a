import type { DisputeSnapshot, DisputeStatus } from '../../disputes/model/dispute-snapshot.ts';
import { minorOfText } from './amounts.ts';
import { unexpected } from './calls.ts';

/** `GET /v1/customer/disputes/{id}`, which the SDK does not have; every member may still be missing. */
export interface RawDispute {
  readonly dispute_id?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly dispute_life_cycle_stage?: string;
  readonly dispute_amount?: { readonly currency_code?: string; readonly value?: string };
  readonly dispute_outcome?: { readonly outcome_code?: string };
  readonly disputed_transactions?: readonly { readonly seller_transaction_id?: string }[];
  readonly seller_response_due_date?: string;
}

const OPEN: ReadonlySet<string> = new Set([
  'OPEN',
  'WAITING_FOR_BUYER_RESPONSE',
  'WAITING_FOR_SELLER_RESPONSE',
  'OTHER',
]);

/** The result for the merchant. With a payout PayPal pays the buyer itself. */
const outcomes: Readonly<Record<string, DisputeStatus>> = {
  RESOLVED_BUYER_FAVOUR: 'lost',
  ACCEPTED: 'lost',
  RESOLVED_SELLER_FAVOUR: 'won',
  RESOLVED_WITH_PAYOUT: 'won',
  CANCELED_BY_BUYER: 'won',
  DENIED: 'won',
  NONE: 'closed',
};

/** Maps a dispute. @throws ProviderError `unknown` for another object */
export function toDisputeSnapshot(raw: RawDispute, livemode: boolean): DisputeSnapshot {
  const { dispute_id: ref, dispute_amount: amount, dispute_life_cycle_stage: stage } = raw;
  if (!ref || !amount?.currency_code || !amount.value) throw unexpected();
  const currency = amount.currency_code.toLowerCase();
  return {
    ref,
    status: statusOf(raw),
    stage,
    reason: raw.reason ?? 'OTHER',
    amountMinor: minorOfText(amount.value, currency),
    currency,
    livemode,
    captureRef: raw.disputed_transactions?.[0]?.seller_transaction_id,
    dueBy: raw.seller_response_due_date,
    // In an inquiry a refund may resolve the dispute, and PayPal rejects excess ones itself. In a claim or
    // chargeback PayPal decides on the money, and a refund could pay the buyer twice.
    blocksRefunds: raw.status !== 'RESOLVED' && stage !== 'INQUIRY',
  };
}

function statusOf(raw: RawDispute): DisputeStatus | undefined {
  const { status = '' } = raw;
  if (status === 'RESOLVED') return outcomes[raw.dispute_outcome?.outcome_code ?? 'NONE'];
  if (!OPEN.has(status) && status !== 'UNDER_REVIEW') return undefined;
  if (raw.dispute_life_cycle_stage === 'INQUIRY') return 'inquiry';
  return status === 'UNDER_REVIEW' ? 'under_review' : 'open';
}
