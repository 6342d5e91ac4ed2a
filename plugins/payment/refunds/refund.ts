import { type Intent, begin, beginOwn, execute } from '../engine/execute.ts';
import {
  type PartOutcomes,
  type RefundResult,
  type RefundState,
  type RefundStep,
  openRefund,
  refundOperation,
} from './refund-operation.ts';
import { callOnPayment } from '../payments/call-on-payment.ts';
import { ProblemError } from '#runtime/contract/errors.ts';
import type { OperationContext } from '#runtime/contract/operation.ts';
import { allocate } from './model/allocation.ts';
import { NEEDS_REVIEW, withNextCheck, clearManualReview } from '../reconciliation/model/payment-checks.ts';
import { type Payment, providerKeyOf } from '../payments/model/payment.ts';
import { type Refund, type RefundPart, statusOf } from './model/refund.ts';
import { withRefund } from './model/refundable.ts';
import { problem } from '../errors.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Services } from '../services.ts';
import { existingPayment } from '../payments/payment-repository.ts';
import { lockUntil, providerBudgetMs } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { syncRefunds } from './sync-refunds.ts';

/** A refund request. */
interface RefundIntent {
  readonly reason?: string | undefined;
  /**
   * The requested amount in minor units; undefined for the whole refundable amount.
   * @throws ProblemError for a rejection
   */
  amountOf(payment: Payment): Promise<number | undefined>;
}

/** Refunds over several captures conflict on the payment's version, so each is retried. */
const TRIES_MAX = 40;

/**
 * A refund requested by a client. Refunds of one payment do not wait for each other: each reserves its amount when
 * its intent is written.
 * @throws ProblemError for a rejection
 */
export function refund(
  flow: Flow,
  context: OperationContext<{ readonly id: string }, Services>,
  intent: RefundIntent,
): Promise<RefundResult> {
  return callOnPayment(flow, context, openRefund(flow), TRIES_MAX, async (payment, claim, tries) => {
    const prepared = await prepare(flow, payment, intent, tries);
    return begin(flow, claim, prepared, (run, state) =>
      execute(run, state).catch((error: unknown) => afterRefusal(flow, payment, error)),
    );
  });
}

/** Reconciles refunds after a rejection, which may mean that refunds were made at the provider. */
async function afterRefusal(flow: Flow, { id: paymentId }: Payment, error: unknown): Promise<never> {
  if (error instanceof ProblemError && error.status === 422) {
    const synced = syncRefunds(flow, await existingPayment(flow, paymentId));
    await synced.catch(() => flow.log.warn('The refunds of a payment could not be fetched', { paymentId }));
  }
  throw error;
}

/** A refund without a client request: no idempotency key, no waiting caller. */
export async function refundOwn(flow: Flow, payment: Payment, reason: string): Promise<RefundResult> {
  const intent: RefundIntent = { reason, amountOf: async () => undefined };
  const ended = await beginOwn(flow, await prepare(flow, payment, intent, 1));
  if (ended === undefined) throw problem('contention');
  return ended;
}

/** The checked intent, with its write on condition that the amount is still refundable. */
async function prepare(
  flow: Flow,
  payment: Payment,
  intent: RefundIntent,
  tries: number,
): Promise<Intent<RefundState, RefundStep, PartOutcomes>> {
  const amountMinor = await judge(payment, intent);
  if (providerBudgetMs(flow) === undefined) throw problem('provider-unavailable');
  const made = await makeRefund(flow, payment, amountMinor, intent.reason);
  const after = withNextCheck(
    { ...withRefund(clearManualReview(payment), undefined, made), version: payment.version + 1 },
    flow.services.now(),
  );
  const several = made.parts.length > 1 || (payment.captures?.length ?? 0) > 1;
  const reviewed = payment.flags.includes(NEEDS_REVIEW);
  const fenced = several || tries > 1 || reviewed || after.nextCheckAt === undefined;
  const whole = (await intent.amountOf(payment)) === undefined;
  const condition = fenced ? 'fenced' : whole ? 'whole' : 'available';
  return {
    subject: { type: 'payment', id: payment.id },
    operation: refundOperation(flow, payment.id, made.id),
    state: { payment: after, refund: made },
    open: openRefund(flow),
    write: (records) =>
      flow.services.store.beginRefund({ before: payment, after, refund: made, condition }, records),
  };
}

async function judge(payment: Payment, intent: RefundIntent): Promise<number> {
  const { id: paymentId, status, capturedMinor, refundableMinor } = payment;
  if (payment.flags.includes('mismatch')) throw problem('provider-mismatch', { extensions: { paymentId } });
  if (capturedMinor === 0)
    throw problem('invalid-state', { extensions: { paymentId, paymentStatus: status } });
  const asked = await intent.amountOf(payment);
  if (payment.refundBlocked) throw problem('refund-blocked-by-dispute', { extensions: { paymentId } });
  const amountMinor = asked ?? refundableMinor;
  if (amountMinor > refundableMinor || amountMinor === 0)
    throw problem('refund-exceeds-remaining', { extensions: { paymentId, refundableMinor } });
  return amountMinor;
}

async function makeRefund(
  flow: Flow,
  payment: Payment,
  amountMinor: number,
  reason: string | undefined,
): Promise<Refund> {
  const { services } = flow;
  const id = services.newId('rf');
  const at = services.now().toISOString();
  const shares = await sharesOf(flow, payment, amountMinor);
  const parts = shares.map((share, index): RefundPart => {
    const partId = index === 0 ? id : `${id}-${index + 1}`;
    const providerKey = providerKeyOf(services.stage, partId, 'refund', 1);
    return { id: partId, ...share, status: 'requested', providerKey, attempt: 1 };
  });
  return {
    id,
    deployment: services.deployment,
    paymentId: payment.id,
    tenant: payment.tenant,
    amountMinor,
    currency: payment.currency,
    status: statusOf(parts),
    reason,
    origin: 'api',
    parts,
    lockUntil: lockUntil(flow),
    createdAt: at,
    updatedAt: at,
  };
}

/** One share, or one per capture where the provider refunds captures, the oldest first. */
async function sharesOf(
  flow: Flow,
  payment: Payment,
  amountMinor: number,
): Promise<readonly { readonly captureRef?: string; readonly amountMinor: number }[]> {
  const provider = await flow.services.provider(payment.provider as ProviderName);
  const { captures = [], id: paymentId, refundableMinor } = payment;
  if (!provider.capabilities.refundsPerCapture || captures.length === 0) return [{ amountMinor }];
  const [only] = captures;
  if (captures.length === 1 && only !== undefined) return [{ amountMinor, captureRef: only.ref }];
  const { store } = flow.services;
  const [refunds, disputes] = await Promise.all([store.refunds(paymentId), store.disputes(paymentId)]);
  const shares = allocate(captures, { refunds, disputes }, amountMinor);
  if (shares === undefined)
    throw problem('refund-exceeds-remaining', { extensions: { paymentId, refundableMinor } });
  return shares;
}
