import type { Account } from '../account.ts';
import type { Link } from '../api/errors.ts';
import { apiLink } from '../links.ts';
import { moneyOf } from '../money.ts';
import { PAYEE } from '../orders/payer.ts';
import type { DisputeRecord } from '../store/dispute-record.ts';

/** What disputes can name of the invoices that payments may have. */
const NUMBER = /^[A-Za-z0-9:\-|]{1,127}$/;

/** The whole dispute. */
export function disputeView(account: Account, dispute: DisputeRecord): Record<string, unknown> {
  const { create_time, dispute_id, update_time, ...rest } = disputeSummary(account, dispute);
  return {
    dispute_id,
    create_time,
    update_time,
    disputed_transactions: [transactionOf(account, dispute)],
    ...rest,
    ...disputeOutcomeOf(dispute),
  };
}

/** A dispute in a list. */
export function disputeSummary(account: Account, dispute: DisputeRecord): Record<string, unknown> {
  const { amountMinor, currency, id, reason, sellerDueAt, stage, status } = dispute;
  return {
    dispute_id: id,
    create_time: dispute.createdAt,
    update_time: dispute.updatedAt,
    reason,
    status,
    dispute_state: stateOf(dispute),
    dispute_amount: moneyOf(amountMinor, currency),
    dispute_life_cycle_stage: stage,
    dispute_channel: 'INTERNAL',
    ...(status === 'RESOLVED' ? {} : { seller_response_due_date: sellerDueAt }),
    links: [disputeLink(account, id)],
  };
}

/** The state that lists filter by. */
export function stateOf({ stage, status }: DisputeRecord): string {
  if (status === 'RESOLVED') return 'RESOLVED';
  if (status === 'UNDER_REVIEW') return 'UNDER_PAYPAL_REVIEW';
  if (status === 'WAITING_FOR_BUYER_RESPONSE') return 'REQUIRED_OTHER_PARTY_ACTION';
  return stage === 'INQUIRY' ? 'OPEN_INQUIRIES' : 'REQUIRED_ACTION';
}

function disputeLink(account: Account, id: string): Link {
  return apiLink(account, `/v1/customer/disputes/${id}`, 'self');
}

function transactionOf(account: Account, { captureId }: DisputeRecord): object {
  const capture = account.store.get('capture', captureId);
  if (!capture) return { seller_transaction_id: captureId };
  const { amountMinor, createdAt, currency, customId, invoiceId, status } = capture;
  return {
    seller_transaction_id: captureId,
    // The payer's side of a payment has an id of its own.
    buyer_transaction_id: captureId.split('').toReversed().join(''),
    create_time: createdAt,
    transaction_status: status,
    gross_amount: moneyOf(amountMinor, currency),
    ...(invoiceId !== undefined && NUMBER.test(invoiceId) ? { invoice_number: invoiceId } : {}),
    custom: customId,
    buyer: { name: 'Sandbox Buyer' },
    seller: { email: PAYEE.email_address, merchant_id: PAYEE.merchant_id, name: 'Sandbox Shop' },
  };
}

function disputeOutcomeOf({ currency, outcome, takenMinor }: DisputeRecord): object {
  if (outcome === undefined) return {};
  const refunded = takenMinor === undefined ? {} : { amount_refunded: moneyOf(takenMinor, currency) };
  return { dispute_outcome: { outcome_code: outcome, ...refunded } };
}
