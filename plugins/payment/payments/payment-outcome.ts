import { type AnsweredOutcome, failureAnswer, wasNeverSent } from '../engine/perform-call.ts';
import { problem } from '../errors.ts';
import type { StoredRefusal } from '../engine/call-provider.ts';
import type { Answer } from '../engine/durable-operation.ts';
import type { Flow } from '../services.ts';
import { rangeOf } from './charge-range.ts';
import { mergeSnapshot, mergedStep } from './merge-snapshot.ts';
import { accepted, converged } from './model/operation-outcome.ts';
import type { Payment, PaymentOperation } from './model/payment.ts';
import { type Snapshot, refreshed } from './model/snapshot.ts';
import type { Step } from './payment-repository.ts';
import { viewOf } from './payment-view.ts';
import {
  AMOUNT_CODES,
  exceedingRefusal,
  isMismatched,
  mismatchRefusal,
  settledRefusal,
  stateRefusal,
} from './refusals.ts';
import { declinedStep, rejectedStep } from './rejected-steps.ts';
import { retrieve } from './retrieve.ts';

/** The outcome of an operation's provider call. */
export type PaymentOutcome = AnsweredOutcome<Snapshot>;

type Known = Exclude<PaymentOutcome, { readonly kind: 'in-doubt' }>;

/** The step that records a known outcome of an operation. */
export async function outcomeStep(
  flow: Flow,
  current: Payment,
  operation: PaymentOperation,
  outcome: Known,
  tries: number,
): Promise<Step> {
  switch (outcome.kind) {
    case 'done': {
      const { answer, source } = outcome;
      const snapshot =
        tries > 1 ? refreshed(answer, await retrieve(flow, current.provider, answer.ref)) : answer;
      const step = mergedStep(current, mergeSnapshot(flow, current, snapshot));
      // A look-up does not prove that this operation did it.
      return source === 'response' ? { ...step, next: accepted(step.next, operation) } : step;
    }
    case 'conflict': {
      const { shown } = outcome;
      const snapshot = tries > 1 ? await retrieve(flow, current.provider, shown.ref) : shown;
      const step = mergedStep(current, mergeSnapshot(flow, current, snapshot));
      const next = converged(current, step.next, { code: 'invalid-state' });
      return { ...step, next, ...(!hasSucceeded(next, operation) && { failureCode: 'invalid-state' }) };
    }
    case 'refused':
      return outcome.details.class === 'declined'
        ? declinedStep(flow, current, operation, outcome.details)
        : rejectedStep(current, operation, outcome.details);
    case 'not-sent':
      return rejectedStep(current, operation, { code: outcome.code });
  }
}

/** The response to the caller, for the payment as it will be stored. */
export function answerOf(payment: Payment, operation: PaymentOperation, outcome: PaymentOutcome): Answer {
  switch (outcome.kind) {
    case 'done':
      return refusalAfterAll(payment, operation) ?? replyOf(payment, operation);
    case 'conflict': {
      if (hasSucceeded(payment, operation)) return replyOf(payment, operation);
      const exceeds = outcome.details.class === 'invalid' && payment.capturableMinor > 0;
      return exceeds ? exceedingRefusal(payment, outcome.details) : stateRefusal(payment);
    }
    case 'refused':
    case 'not-sent':
    case 'in-doubt':
      return failureAnswer(outcome);
  }
}

/** The response when a webhook or `verify` has recorded the outcome. */
export async function settledAnswerOf(
  flow: Flow,
  payment: Payment,
  operation: PaymentOperation,
): Promise<Answer> {
  const { status, failureCode = '' } = operation;
  if (status !== 'failed') return replyOf(payment, operation);
  const { paymentId } = operation;
  if (wasNeverSent(failureCode))
    return { kind: 'released', error: problem('provider-unavailable', { extensions: { paymentId } }) };
  const range = AMOUNT_CODES.has(failureCode) ? await rangeOf(flow, payment) : undefined;
  return settledRefusal(payment, operation, range);
}

const replyOf = (payment: Payment, { kind }: PaymentOperation): Answer => ({
  kind: 'reply',
  status: kind === 'create' ? 201 : 200,
  body: viewOf(payment),
});

/**
 * The rejection despite a successful call: the object contradicts the payment, or the payment was paid otherwise in
 * between.
 */
function refusalAfterAll(payment: Payment, { id: ours, kind }: PaymentOperation): StoredRefusal | undefined {
  if (isMismatched(payment)) return mismatchRefusal(payment);
  const { operation } = payment;
  const lost = kind !== 'create' && operation.id === ours && operation.status === 'failed';
  return lost ? stateRefusal(payment) : undefined;
}

const hasSucceeded = ({ operation }: Payment, { id }: PaymentOperation): boolean =>
  operation.id === id && operation.status === 'succeeded';
