import { exponentOf } from '../money/currencies.ts';
import { toMajorNumber } from '../money/money.ts';
import { disputeStatusOf, refundStatusOf } from '../refunds/model/refundable.ts';
import type { Payment } from './model/payment.ts';
import { lastErrorOf } from './model/last-error.ts';
import type { Snapshot } from './model/snapshot.ts';
import { isTerminal } from './model/state.ts';
import { disclosed, nextActionMember } from '../api/next-action.ts';
import type { PaymentView } from '../api/schemas.ts';

/** The payment as clients see it, without secrets: this is also what is stored for replays. */
export function viewOf(payment: Payment): PaymentView {
  const { failure } = payment;
  return {
    id: payment.id,
    status: payment.status,
    amount: toMajorNumber(payment.amountMinor, exponentOf(payment.currency) ?? 0),
    amountMinor: payment.amountMinor,
    currency: payment.currency,
    provider: payment.provider as PaymentView['provider'],
    providerRef: payment.providerRef ?? null,
    ...nextActionMember(payment),
    captureMethod: payment.captureMethod,
    authorizedMinor: payment.authorizedMinor,
    capturableMinor: payment.capturableMinor,
    capturedMinor: payment.capturedMinor,
    ...(payment.captureBefore !== undefined && { captureBefore: payment.captureBefore }),
    refundableMinor: payment.refundableMinor,
    refundPendingMinor: payment.refundPendingMinor,
    refundedMinor: payment.refundedMinor,
    refundStatus: refundStatusOf(payment),
    disputeStatus: disputeStatusOf(payment),
    ...(payment.reason !== undefined && { reason: payment.reason }),
    ...(payment.orderReference !== undefined && { orderReference: payment.orderReference }),
    ...(payment.customerId !== undefined && { customerId: payment.customerId }),
    ...(payment.subscriptionId !== undefined && { subscriptionId: payment.subscriptionId }),
    ...(payment.description !== undefined && { description: payment.description }),
    metadata: { ...payment.metadata },
    flags: [...payment.flags],
    operation: operationOf(payment),
    ...(failure !== undefined && {
      failure: {
        code: failure.code,
        ...(failure.declineCode !== undefined && { declineCode: failure.declineCode }),
      },
      lastError: lastErrorOf(failure),
    }),
    createdAt: payment.createdAt,
    updatedAt: payment.updatedAt,
    version: payment.version,
  };
}

function operationOf({ operation: { kind, status }, nextCheckAt }: Payment): PaymentView['operation'] {
  const open = status === 'in_doubt' || status === 'requested';
  return { kind, status, ...(open && nextCheckAt !== undefined && { nextCheckAt }) };
}

/** Adds the secrets that only the creator may see, from a fresh fetch; null once nothing is left to confirm. */
export function withSecrets(view: PaymentView, snapshot: Snapshot | undefined): PaymentView {
  const open = snapshot?.status !== undefined && !isTerminal(snapshot.status) && !isTerminal(view.status);
  const { nextAction } = snapshot ?? {};
  return {
    ...view,
    clientSecret: open ? (snapshot.clientSecret ?? null) : null,
    ...(open && view.nextAction !== undefined && { nextAction: disclosed(nextAction) ?? view.nextAction }),
  };
}
