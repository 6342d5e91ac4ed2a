import type Stripe from 'stripe';
import { type Account, type Cause, nowSeconds, unasked } from '../account.ts';
import { save } from '../events.ts';
import { newId } from '../ids.ts';
import { idOf, magicOf } from '../methods/methods.ts';
import { NO_EVIDENCE } from './evidence.ts';

const RESPOND_WITHIN_SECONDS = 9 * 24 * 3600;
/** The network's own code of the commonest reason. */
const FRAUD_CODE = '10.4';

/** What a payer disputes; an inquiry takes no money yet. */
interface DisputeOpening {
  readonly reason: string;
  readonly amountMinor: number;
  readonly inquiry: boolean;
}

/** The payer's bank opens a dispute of a charge. */
export function openDispute(
  account: Account,
  charge: Stripe.Charge,
  { amountMinor, inquiry, reason }: DisputeOpening,
): Stripe.Dispute {
  const method = account.store.get('method', charge.payment_method ?? '');
  const { brand } = magicOf(method?.magic ?? 'pm_card_visa');
  const dispute: Stripe.Dispute = {
    id: newId('du'),
    object: 'dispute',
    amount: amountMinor,
    balance_transactions: [],
    charge: charge.id,
    created: nowSeconds(account),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: NO_EVIDENCE,
    evidence_details: {
      due_by: nowSeconds(account) + RESPOND_WITHIN_SECONDS,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: inquiry,
    livemode: false,
    metadata: {},
    payment_intent: idOf(charge.payment_intent),
    payment_method_details: {
      card: {
        brand,
        case_type: inquiry ? 'inquiry' : 'chargeback',
        network: brand,
        network_reason_code: FRAUD_CODE,
      },
      type: 'card',
    },
    reason,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  };
  const disputed = { ...charge, disputed: true };
  save(unasked(account), 'charge.dispute.created', dispute);
  save(unasked(account), 'charge.updated', disputed, { disputed: charge.disputed });
  return inquiry ? dispute : moveFunds(unasked(account), dispute, 'withdrawn');
}

/** The disputes of a charge, oldest first. */
export function disputesOf(account: Account, chargeId: string): Stripe.Dispute[] {
  const all = account.store.all('dispute');
  return all.filter(({ charge }) => charge === chargeId);
}

/** How a dispute ends: inquiries are only ever closed, or lost when they are accepted. */
type DisputeOutcome = 'won' | 'lost' | 'warning_closed';

const OPEN = ['needs_response', 'under_review', 'warning_needs_response', 'warning_under_review'];

/** Whether the bank has not decided yet. */
export function isOpen({ status }: Stripe.Dispute): boolean {
  return OPEN.includes(status);
}

/** Whether no money has been taken: the bank only asks. */
export function isInquiry({ status }: Stripe.Dispute): boolean {
  return status.startsWith('warning_');
}

/** The bank decides. */
export function closeDispute(cause: Cause, dispute: Stripe.Dispute, outcome: DisputeOutcome): Stripe.Dispute {
  const { account } = cause;
  account.store.delete('job', dispute.id);
  const won = outcome === 'won';
  const moved = won ? moveFunds(cause, dispute, 'reinstated') : dispute;
  const closed = { ...moved, status: outcome, is_charge_refundable: outcome !== 'lost' };
  return save(cause, 'charge.dispute.closed', closed, { status: dispute.status });
}

/** An inquiry becomes a dispute: now the money is taken. */
export function escalateInquiry(cause: Cause, dispute: Stripe.Dispute): Stripe.Dispute {
  const { account } = cause;
  account.store.delete('job', dispute.id);
  const details = dispute.payment_method_details;
  const escalated = {
    ...dispute,
    status: 'needs_response',
    is_charge_refundable: false,
    ...(details?.card
      ? { payment_method_details: { ...details, card: { ...details.card, case_type: 'chargeback' } } }
      : {}),
  } as Stripe.Dispute;
  save(cause, 'charge.dispute.updated', escalated, { status: dispute.status });
  return moveFunds(cause, escalated, 'withdrawn');
}

const FEE_MINOR = 1500;

/** Takes the disputed money away or gives it back, as the dispute's balance transactions and an event say. */
function moveFunds(
  cause: Cause,
  dispute: Stripe.Dispute,
  direction: 'withdrawn' | 'reinstated',
): Stripe.Dispute {
  const { account } = cause;
  const withdrawn = direction === 'withdrawn';
  const amount = withdrawn ? -dispute.amount : dispute.amount;
  const fee = withdrawn ? FEE_MINOR : 0;
  const { currency } = dispute;
  const entry: Stripe.BalanceTransaction = {
    id: newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: nowSeconds(account),
    balance_type: 'payments',
    created: nowSeconds(account),
    currency,
    description: `Chargeback ${withdrawn ? 'withdrawal' : 'reversal'} for ${idOf(dispute.charge)}`,
    exchange_rate: null,
    fee,
    fee_details: withdrawn
      ? [{ amount: fee, application: null, currency, description: 'Dispute fee', type: 'stripe_fee' }]
      : [],
    net: amount - fee,
    reporting_category: withdrawn ? 'dispute' : 'dispute_reversal',
    source: dispute.id,
    status: 'available',
    type: 'adjustment',
  };
  const moved = { ...dispute, balance_transactions: [...dispute.balance_transactions, entry] };
  return save(cause, `charge.dispute.funds_${direction}`, moved);
}
