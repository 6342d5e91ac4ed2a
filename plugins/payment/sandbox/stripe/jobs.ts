import { type Account, unasked } from './account.ts';
import { closeDispute, isInquiry, isOpen, openDispute } from './disputes/lifecycle.ts';
import { save } from './events.ts';
import { captureAuthorized } from './intents/capture.ts';
import { cancelAndRelease, declineCharge, latestCharge, markSucceeded } from './intents/transitions.ts';
import { settleInvoice } from './invoices/settle.ts';
import { magicOf, methodOf } from './methods/methods.ts';
import { settleRefund, undoRefund } from './refunds/outcomes.ts';
import type { JobRecord } from './store/records.ts';
import { expireIncomplete, renewSubscription, retryInvoice } from './subscriptions/renew.ts';

/** Runs a job at its time: an authorisation ends, a slow payment method gets its outcome. */
export function performJob(account: Account, job: JobRecord): void {
  switch (job.kind) {
    case 'expire-authorization':
      return expireAuthorization(account, job.intentId);
    case 'settle':
      return settleBankDebit(account, job.intentId);
    case 'settle-refund':
    case 'fail-refund':
      return finishRefund(account, job.refundId, job.kind);
    case 'settle-invoice':
      return settleInvoiceOf(account, job.intentId);
    case 'retry-invoice':
      return retryInvoice(at(account, job), job.invoiceId, job.tries);
    case 'renew-subscription':
      return renewSubscription(at(account, job), job.subscriptionId);
    case 'expire-subscription':
      return expireIncomplete(at(account, job), job.subscriptionId);
    case 'open-dispute':
      return disputeByMagic(account, job.chargeId);
    case 'decide-dispute':
      return decideDispute(account, job.disputeId);
  }
}

/** The account with its clock at the time of the job: renewals that are behind happen one after the other, each at its time. */
function at(account: Account, { dueAtMs }: JobRecord): Account {
  return { ...account, nowMs: () => dueAtMs };
}

/** A payer confirmed the intent of an invoice. */
function settleInvoiceOf(account: Account, intentId: string): void {
  const intent = account.store.get('intent', intentId);
  if (intent) settleInvoice(unasked(account), intent);
}

/** What was captured of an authorisation that allows several captures stays. */
function expireAuthorization(account: Account, intentId: string): void {
  const intent = account.store.get('intent', intentId);
  if (intent?.status !== 'requires_capture') return;
  if (intent.amount_received > 0)
    captureAuthorized(unasked(account), intent, { amountMinor: 0, final: true });
  else cancelAndRelease(unasked(account), intent, 'expired');
}

/** What a payer with `pm_card_createDispute` does. */
function disputeByMagic(account: Account, chargeId: string): void {
  const charge = account.store.get('charge', chargeId);
  const method = account.store.get('method', charge?.payment_method ?? '');
  const dispute = method && magicOf(method.magic).dispute;
  if (charge && dispute) openDispute(account, charge, { ...dispute, amountMinor: charge.amount_captured });
}

/** Evidence with a magic text decides the dispute. */
function decideDispute(account: Account, disputeId: string): void {
  const dispute = account.store.get('dispute', disputeId);
  if (!dispute || !isOpen(dispute)) return;
  const wins = dispute.evidence.uncategorized_text === 'winning_evidence';
  const outcome = isInquiry(dispute) ? 'warning_closed' : 'won';
  closeDispute(unasked(account), dispute, wins ? outcome : 'lost');
}

function finishRefund(account: Account, refundId: string, kind: 'settle-refund' | 'fail-refund'): void {
  const refund = account.store.get('refund', refundId);
  if (!refund) return;
  if (kind === 'settle-refund') return void settleRefund(unasked(account), refund);
  undoRefund(unasked(account), refund, { status: 'failed', failure_reason: 'expired_or_canceled_card' });
}

function settleBankDebit(account: Account, intentId: string): void {
  const intent = account.store.get('intent', intentId);
  const method = intent && methodOf(account, intent);
  if (intent?.status !== 'processing' || !method) return;
  const reason = magicOf(method.magic).decline;
  if (reason) return void declineCharge(unasked(account), intent, method, reason);
  const pending = latestCharge(account, intent);
  const done = {
    ...pending,
    status: 'succeeded',
    paid: true,
    captured: true,
    amount_captured: pending.amount,
  } as const;
  save(unasked(account), 'charge.succeeded', done);
  markSucceeded(unasked(account), intent, intent.amount);
}
