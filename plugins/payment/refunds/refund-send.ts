import { type Payment, providerKeyOf } from '../payments/model/payment.ts';
import type { RefundSnapshot } from './model/refund-snapshot.ts';
import { type Refund, type RefundPart, isOpen, withParts, withSnapshot } from './model/refund.ts';
import { withRefund } from './model/refundable.ts';
import { type RefundView, refundView } from './refund-view.ts';
import type { IdempotencyKey, IdempotencyOutcome, StoredAnswer } from '../store/idempotency.ts';
import { type Step, advance } from '../payments/advance.ts';
import type { Flow } from '../services.ts';
import {
  type CallResult,
  type StoredRefusal,
  callProvider,
  providerCodeMember,
  refusalProblem,
  unavailable,
} from '../engine/call-provider.ts';

/** A refund whose intent is written down and which is ours to carry out. */
export interface RefundStarted {
  readonly payment: Payment;
  readonly refund: Refund;
  /** The record to answer in, when the call came with a key. */
  readonly key: IdempotencyKey | undefined;
  /** Whether an earlier call may have reached the provider, so that a refusal alone proves nothing. */
  readonly repeated: boolean;
  /** The provider may have forgotten the key: it is asked what it has before anything is sent again. */
  readonly lookFirst?: boolean;
}

/** How it ended: known, or in doubt. Refusals are thrown. */
export interface RefundEnded {
  readonly view: RefundView;
  readonly status: number;
  readonly replayed?: boolean;
}

/** What became of one part. `rest`: why nothing happened, as the provider or we say it. */
type Outcome =
  | { readonly kind: 'shown'; readonly snapshot: RefundSnapshot }
  | { readonly kind: 'failed'; readonly code: string; readonly result: CallResult<unknown> }
  | { readonly kind: 'unknown' };

/** Failures after which the same call may simply be made again. */
const FREE: ReadonlySet<string> = new Set(['unsent', 'auth', 'rate_limited']);

/** Whether nothing is known of its call yet. */
const isUnsent = ({ status }: RefundPart): boolean => status === 'requested' || status === 'in_doubt';

/** Makes the provider's calls of a refund, part by part, and writes down what came of all of them. */
export async function sendRefund(flow: Flow, started: RefundStarted): Promise<RefundEnded> {
  const outcomes = new Map<string, Outcome>();
  for (const part of started.refund.parts)
    if (isUnsent(part)) outcomes.set(part.id, await carryOut(flow, started, part));
  const refund = await writeDown(flow, started, outcomes);
  if (refund.status === 'in_doubt') {
    flow.log.warn('The outcome of a refund is unknown', { paymentId: refund.paymentId, refundId: refund.id });
    flow.log.count('payment.in_doubt');
    return { view: refundView(refund), status: 202 };
  }
  const refusal = refusalOf(refund);
  if (refusal === undefined) return { view: refundView(refund), status: 201 };
  const free = freeing(outcomes);
  throw free === undefined ? refusalProblem(refusal) : unavailable(free);
}

/** What a caller is told of a refund whose outcome could not be written down. */
export function refundInDoubt(refund: Refund): RefundEnded {
  const parts = refund.parts.map((part) =>
    isUnsent(part) ? { ...part, status: 'in_doubt' as const } : part,
  );
  return { view: refundView(withParts(refund, parts, refund.updatedAt)), status: 202 };
}

/** Makes the call of one part, always with the key that was written down for it. */
async function carryOut(flow: Flow, started: RefundStarted, part: RefundPart): Promise<Outcome> {
  if (started.lookFirst) {
    const seen = await lookFor(flow, started.payment, part);
    if (seen.kind !== 'absent') return seen;
  }
  const result = await request(flow, started, part);
  if (result.kind === 'ok') return { kind: 'shown', snapshot: result.value };
  const details = result.kind === 'error' ? result.details : { class: 'unsent' as const, code: 'unsent' };
  switch (details.class) {
    case 'unknown':
    case 'in_progress':
      return result.kind === 'error' && result.details.replayed
        ? lookForStuck(flow, started, part)
        : { kind: 'unknown' };
    case 'unsent':
    case 'auth':
    case 'rate_limited':
      return started.repeated ? { kind: 'unknown' } : { kind: 'failed', code: details.class, result };
    case 'declined':
    case 'invalid':
      if (!started.repeated) return { kind: 'failed', code: details.code, result };
      break;
    case 'already_done':
      break;
  }
  const seen = await lookFor(flow, started.payment, part);
  return seen.kind === 'absent' ? { kind: 'failed', code: details.code, result } : seen;
}

function request(
  flow: Flow,
  { payment, refund }: RefundStarted,
  { id: refundId, amountMinor, captureRef, providerKey }: RefundPart,
): Promise<CallResult<RefundSnapshot>> {
  const { id: paymentId, providerRef: ref = '', currency, provider: name } = payment;
  const { deployment } = refund;
  const reason = refund.reason as 'requested_by_customer' | undefined;
  return callProvider(flow, name, providerKey, ({ refundsAndDisputes }, call) =>
    refundsAndDisputes.refund(
      { refundId, paymentId, deployment, ref, captureRef, amountMinor, currency, reason },
      call,
    ),
  );
}

/** What the provider knows of a part that may have been carried out. */
async function lookFor(
  flow: Flow,
  { provider: name, providerRef: ref = '' }: Payment,
  { id }: RefundPart,
): Promise<Exclude<Outcome, { readonly kind: 'failed' }> | { readonly kind: 'absent' }> {
  const listed = await callProvider(flow, name, undefined, ({ refundsAndDisputes }, call) =>
    refundsAndDisputes.listRefunds(ref, call),
  );
  if (listed.kind !== 'ok') return { kind: 'unknown' };
  const snapshot = listed.value.find(({ refundId }) => refundId === id);
  return snapshot === undefined ? { kind: 'absent' } : { kind: 'shown', snapshot };
}

/** What was asked for so long ago is on the provider's list by now, or does not exist. */
const STUCK_AFTER_MS = 600_000;

/**
 * Stripe repeats even a 500 for a key. When a late look proves that nothing exists, a new attempt gets a new key: a
 * list that is behind must not make it a second refund.
 */
async function lookForStuck(flow: Flow, started: RefundStarted, part: RefundPart): Promise<Outcome> {
  const seen = await lookFor(flow, started.payment, part);
  if (seen.kind !== 'absent') return seen;
  const ageMs = flow.services.now().getTime() - Date.parse(started.refund.createdAt);
  if (ageMs < STUCK_AFTER_MS) return { kind: 'unknown' };
  const attempt = part.attempt + 1;
  const providerKey = providerKeyOf(flow.services.stage, part.id, 'refund', attempt);
  const anew = { ...part, attempt, providerKey };
  const { id } = started.refund;
  const { payment, step } = await advance(flow, started.payment, async (current) => {
    const { refund } = await flow.services.store.loadRefund(current.id, id);
    // Somebody has heard of it meanwhile: there is something after all.
    if (refund === undefined || !refund.parts.some((each) => each.id === part.id && isUnsent(each)))
      return { next: current };
    const parts = refund.parts.map((each) => (each.id === part.id ? anew : each));
    const after = withParts(refund, parts, flow.services.now().toISOString());
    return { next: { ...current }, notes: { refunds: [{ before: refund, after }] } };
  });
  if (step.notes === undefined) return { kind: 'unknown' };
  const result = await request(flow, { ...started, payment }, anew);
  return result.kind === 'ok' ? { kind: 'shown', snapshot: result.value } : { kind: 'unknown' };
}

/** T4: the refund, the payment's numbers, the log, the events and the answer, whatever others wrote meanwhile. */
async function writeDown(
  flow: Flow,
  { payment, refund, key, repeated }: RefundStarted,
  outcomes: ReadonlyMap<string, Outcome>,
): Promise<Refund> {
  const { store } = flow.services;
  let stands = refund;
  const { id } = refund;
  await advance(flow, payment, async (current, tries): Promise<Step> => {
    // What was begun here is known; what was taken over was read before the payment, and may be old.
    const known = tries === 1 && !repeated;
    const stored = known ? refund : (await store.loadRefund(payment.id, id)).refund;
    if (stored === undefined) throw new Error(`Refund ${id} is gone`);
    const after = applied(stored, outcomes, flow.services.now());
    stands = after;
    return {
      next: withRefund({ ...current }, stored, after),
      notes: { refunds: [{ before: stored, after }] },
      ...(key && { idempotency: () => left(key, after, freeing(outcomes) !== undefined) }),
    };
  });
  return stands;
}

/** The refund with what became of its parts; what a webhook has settled meanwhile stays as it is. */
function applied(refund: Refund, outcomes: ReadonlyMap<string, Outcome>, now: Date): Refund {
  const parts = refund.parts.map((part): RefundPart => {
    const outcome = outcomes.get(part.id);
    if (outcome === undefined) return part;
    if (outcome.kind === 'shown') return withSnapshot(part, outcome.snapshot);
    if (!isUnsent(part)) return part;
    if (outcome.kind === 'unknown') return { ...part, status: 'in_doubt' };
    return { ...part, status: 'failed', failureCode: outcome.code };
  });
  return { ...withParts(refund, parts, now.toISOString()), lockUntil: now.getTime() };
}

/** How the caller's key is left. */
function left(key: IdempotencyKey, refund: Refund, free: boolean): IdempotencyOutcome {
  const operationId = refund.id;
  if (refund.parts.some((part) => part.status === 'in_doubt' || part.status === 'requested'))
    return { ...key, operationId, kind: 'in_doubt' };
  const refusal = refusalOf(refund);
  if (refusal !== undefined && free) return { ...key, operationId, kind: 'released' };
  return { ...key, operationId, kind: 'answered', answer: answerOf(refund) };
}

/** The answer to a refund that has ended, as it is stored. */
export function answerOf(refund: Refund): StoredAnswer {
  return refusalOf(refund) ?? { kind: 'reply', status: 201, body: refundView(refund) };
}

/** Why nothing of a refund was accepted, or nothing when some of it was. */
function refusalOf({ id: refundId, paymentId, parts }: Refund): StoredRefusal | undefined {
  const [first] = parts;
  const accepted = parts.some((part) => isOpen(part) || part.ref !== undefined);
  if (first === undefined || accepted) return undefined;
  const code = first.failureCode;
  const exceeds = code !== undefined && EXCEEDS.has(code);
  return {
    kind: 'problem',
    code: exceeds ? 'refund-exceeds-remaining' : 'provider-rejected',
    extensions: { paymentId, refundId, ...providerCodeMember(code) },
  };
}

/** The provider's words for a room that is smaller than ours, because of refunds made elsewhere. */
const EXCEEDS: ReadonlySet<string> = new Set([
  'charge_already_refunded',
  'refund_amount_exceeded',
  'REFUND_AMOUNT_EXCEEDED',
  'CAPTURE_FULLY_REFUNDED',
]);

/** A failure that leaves the key free, when every part failed so. */
function freeing(
  outcomes: ReadonlyMap<string, Outcome>,
): Exclude<CallResult<unknown>, { readonly kind: 'ok' }> | undefined {
  const all = [...outcomes.values()];
  const [first] = all;
  const free = all.every((outcome) => outcome.kind === 'failed' && FREE.has(outcome.code));
  if (!free || first?.kind !== 'failed' || first.result.kind === 'ok') return undefined;
  return first.result;
}
