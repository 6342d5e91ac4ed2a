import { cancel, decline, latestCharge, succeed } from './intents/transitions.ts';
import { closeDispute, isInquiry, isOpen } from './disputes/close.ts';
import { openDispute } from './disputes/open.ts';
import { emit } from './events.ts';
import { capture } from './intents/capture.ts';
import { settleInvoice } from './invoices/settle.ts';
import { magicOf, methodOf } from './methods/methods.ts';
import { settleRefund, undoRefund } from './refunds/outcomes.ts';
import { expire, renew, retry } from './subscriptions/renew.ts';
import type { JobRecord } from './store/records.ts';
import type { World } from './world.ts';
import { NO_REQUEST } from './world.ts';

/** Does what fell due: an authorisation ends, a slow payment method gets its outcome. */
export function perform(world: World, job: JobRecord): void {
  switch (job.kind) {
    case 'expire-authorization':
      return expireAuthorization(world, job.intentId);
    case 'settle':
      return settle(world, job.intentId);
    case 'settle-refund':
    case 'fail-refund':
      return finishRefund(world, job.refundId, job.kind);
    case 'settle-invoice':
      return settleInvoiceOf(world, job.intentId);
    case 'retry-invoice':
      return retry(at(world, job), job.invoiceId, job.tries);
    case 'renew-subscription':
      return renew(at(world, job), job.subscriptionId);
    case 'expire-subscription':
      return expire(at(world, job), job.subscriptionId);
    case 'open-dispute':
      return disputeByMagic(world, job.chargeId);
    case 'decide-dispute':
      return decideDispute(world, job.disputeId);
  }
}

/** The world at the time of the job: renewals that are behind happen one after the other, each at its time. */
function at(world: World, { dueAtMs }: JobRecord): World {
  return { ...world, nowMs: () => dueAtMs };
}

/** A payer confirmed the intent of an invoice. */
function settleInvoiceOf(world: World, intentId: string): void {
  const intent = world.store.get('intent', intentId);
  if (intent) settleInvoice(world, NO_REQUEST, intent);
}

/** What was captured of an authorisation that allows several captures stays. */
function expireAuthorization(world: World, intentId: string): void {
  const intent = world.store.get('intent', intentId);
  if (intent?.status !== 'requires_capture') return;
  if (intent.amount_received > 0) capture(world, NO_REQUEST, intent, { amountMinor: 0, final: true });
  else cancel(world, NO_REQUEST, intent, 'expired');
}

/** What a payer with `pm_card_createDispute` does. */
function disputeByMagic(world: World, chargeId: string): void {
  const charge = world.store.get('charge', chargeId);
  const method = world.store.get('method', charge?.payment_method ?? '');
  const dispute = method && magicOf(method.magic).dispute;
  if (charge && dispute) openDispute(world, charge, { ...dispute, amountMinor: charge.amount_captured });
}

/** Evidence with a magic text decides the dispute. */
function decideDispute(world: World, disputeId: string): void {
  const dispute = world.store.get('dispute', disputeId);
  if (!dispute || !isOpen(dispute)) return;
  const wins = dispute.evidence.uncategorized_text === 'winning_evidence';
  const outcome = isInquiry(dispute) ? 'warning_closed' : 'won';
  closeDispute(world, NO_REQUEST, dispute, wins ? outcome : 'lost');
}

function finishRefund(world: World, refundId: string, kind: 'settle-refund' | 'fail-refund'): void {
  const refund = world.store.get('refund', refundId);
  if (!refund) return;
  if (kind === 'settle-refund') return void settleRefund(world, NO_REQUEST, refund);
  undoRefund(world, NO_REQUEST, refund, { status: 'failed', failure_reason: 'expired_or_canceled_card' });
}

function settle(world: World, intentId: string): void {
  const intent = world.store.get('intent', intentId);
  const method = intent && methodOf(world, intent);
  if (intent?.status !== 'processing' || !method) return;
  const reason = magicOf(method.magic).decline;
  if (reason) return void decline(world, NO_REQUEST, intent, method, reason);
  const pending = latestCharge(world, intent);
  const done = {
    ...pending,
    status: 'succeeded',
    paid: true,
    captured: true,
    amount_captured: pending.amount,
  } as const;
  world.store.put('charge', done.id, done);
  emit(world, NO_REQUEST, 'charge.succeeded', done);
  succeed(world, NO_REQUEST, intent, intent.amount);
}
