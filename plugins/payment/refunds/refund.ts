import { setTimeout as pause } from 'node:timers/promises';
import { ProblemError } from '#runtime/contract/errors.ts';
import type { OperationContext } from '#runtime/contract/operation.ts';
import { allocate } from './model/allocation.ts';
import { NEEDS_REVIEW, withNextCheck, clearManualReview } from '../reconciliation/model/payment-checks.ts';
import { isPaymentId } from '../engine/model/ids.ts';
import { type Payment, providerKeyOf } from '../payments/model/payment.ts';
import { type Refund, type RefundPart, statusOf } from './model/refund.ts';
import { withRefund } from './model/refundable.ts';
import { problem } from '../errors.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Services } from '../services.ts';
import type { IdempotencyClaim } from '../store/idempotency.ts';
import { mustGet } from '../payments/advance.ts';
import { lockUntil, providerBudgetMs } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { claimOf } from '../engine/idempotency.ts';
import { answerInTime } from '../engine/answer-in-time.ts';
import { syncRefunds } from './sync-refunds.ts';
import { repeatRefund } from './refund-resume.ts';
import { type RefundEnded, refundInDoubt, sendRefund } from './refund-send.ts';

/** What is to be given back. */
export interface RefundIntent {
  readonly reason?: string | undefined;
  /** The amount asked for, or `undefined` for all that is left. @throws ProblemError */
  amountOf(payment: Payment): Promise<number | undefined>;
}

/** Refunds over several captures are written down one after the other, and each must get its turn. */
const TRIES_MAX = 40;
const PAUSE_MS = 25;
const PAUSE_DOUBLINGS_MAX = 4;

/**
 * A refund of a client. Refunds of one payment need not wait for each other: each takes its amount of the room
 * when it is written down. @throws ProblemError for a refusal
 */
export async function refund(
  flow: Flow,
  context: OperationContext<{ readonly id: string }, Services>,
  intent: RefundIntent,
): Promise<RefundEnded> {
  const { services, input, caller } = context;
  const claim = claimOf(flow, context);
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const { payment, record } = isPaymentId(input.id)
      ? await services.store.load(input.id, claim)
      : { payment: undefined, record: undefined };
    if (payment === undefined || payment.tenant !== caller.tenant) throw problem('payment-not-found');
    if (record !== undefined && claim !== undefined) return repeatRefund(flow, claim, record);
    const begun = await begin(flow, payment, intent, claim, tries);
    if (begun.kind === 'key-taken' && claim !== undefined) return repeatRefund(flow, claim, begun.record);
    if (begun.kind !== 'claimed') {
      await pause(Math.random() * PAUSE_MS * 2 ** Math.min(tries, PAUSE_DOUBLINGS_MAX));
      continue;
    }
    const key = claim && { tenant: claim.tenant, subject: claim.subject, key: claim.key };
    const started = { payment: begun.payment, refund: begun.refund, key, repeated: false };
    const sent = sendRefund(flow, started);
    const ended = sent.catch((error: unknown) => afterRefusal(flow, begun.payment, error));
    return answerInTime(flow, ended, () => refundInDoubt(begun.refund));
  }
  throw problem('contention');
}

/** A refusal may mean that there were refunds which nobody told us of: the next call finds them counted. */
async function afterRefusal(flow: Flow, { id: paymentId }: Payment, error: unknown): Promise<never> {
  if (error instanceof ProblemError && error.status === 422) {
    const synced = syncRefunds(flow, await mustGet(flow, paymentId));
    await synced.catch(() => flow.log.warn('The refunds of a payment could not be looked at', { paymentId }));
  }
  throw error;
}

/** A refund on our own account: no caller waits, and nothing is kept under a key. */
export async function refundOwn(flow: Flow, payment: Payment, reason: string): Promise<RefundEnded> {
  const begun = await begin(flow, payment, { reason, amountOf: async () => undefined }, undefined, 1);
  if (begun.kind !== 'claimed') throw problem('contention');
  return sendRefund(flow, {
    payment: begun.payment,
    refund: begun.refund,
    key: undefined,
    repeated: false,
  });
}

/** Judges the payment as it is, and writes the intent down on condition that the room is still there. */
async function begin(
  flow: Flow,
  payment: Payment,
  intent: RefundIntent,
  claim: IdempotencyClaim | undefined,
  tries: number,
) {
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
  const begun = await flow.services.store.beginRefund({
    before: payment,
    after,
    refund: made,
    condition: fenced ? 'fenced' : whole ? 'whole' : 'room',
    idempotency: claim,
  });
  return begun.kind === 'claimed' ? { ...begun, payment: after, refund: made } : begun;
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

/** One share, or one per capture where the provider refunds captures; the oldest give first. */
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
