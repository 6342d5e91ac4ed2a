import type Stripe from 'stripe';
import { type Account, nowSeconds, unasked } from '../account.ts';
import { save } from '../events.ts';
import { newId } from '../ids.ts';
import { idOf, magicOf } from '../methods/methods.ts';
import { NO_EVIDENCE } from './evidence.ts';
import { moveFunds } from './funds.ts';

const RESPOND_WITHIN_SECONDS = 9 * 24 * 3600;
/** The network's own code of the commonest reason. */
const FRAUD_CODE = '10.4';

/** What a payer disputes; an inquiry takes no money yet. */
export interface DisputeOpening {
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
