import type { PurchaseUnit } from '@paypal/paypal-server-sdk';
import type { Failure } from '../../payments/model/snapshot.ts';
import type { PaymentStatus } from '../../payments/model/state.ts';

type Payments = NonNullable<PurchaseUnit['payments']>;
export type Authorization = NonNullable<Payments['authorizations']>[number];
export type Capture = NonNullable<Payments['captures']>[number];

/** An order with what happened to its money. The SDK's types are closed; PayPal's statuses are not. */
interface OrderState {
  readonly status: string;
  readonly authorization: Authorization | undefined;
  readonly captures: readonly Capture[];
}

const orderStatuses: Readonly<Record<string, PaymentStatus>> = {
  CREATED: 'requires_action',
  SAVED: 'requires_action',
  PAYER_ACTION_REQUIRED: 'requires_action',
  APPROVED: 'approved',
  VOIDED: 'canceled',
};

/** Successful captures, even when refunded later. */
const TAKEN: ReadonlySet<string> = new Set(['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED']);
/** PayPal's documents and events use DENIED and DECLINED alike. */
const LOST: ReadonlySet<string> = new Set(['DECLINED', 'DENIED', 'FAILED']);
const HOLDING: ReadonlySet<string> = new Set(['CREATED', 'PARTIALLY_CAPTURED']);

const textOf = (status: string | undefined): string => status ?? '';

export const isTaken = ({ status }: Capture): boolean => TAKEN.has(textOf(status));
export const isPending = ({ status }: Capture): boolean => textOf(status) === 'PENDING';
export const isLost = ({ status }: Capture): boolean => LOST.has(textOf(status));

/** Whether more can be captured: a final capture has released the rest, unless it was declined. */
export function isOpen({ authorization, captures }: OrderState): boolean {
  return HOLDING.has(textOf(authorization?.status)) && !hasFinal(captures);
}

const hasFinal = (captures: readonly Capture[]): boolean =>
  captures.some((capture) => capture.finalCapture === true && !isLost(capture));

/** Whether the authorization is or was one: its amount counts as authorized. */
export function hasHeld({ authorization }: OrderState): boolean {
  return authorization !== undefined && !['PENDING', 'DENIED'].includes(textOf(authorization.status));
}

/** Our word for where an order stands; COMPLETED says nothing by itself: authorization and captures do. */
export function statusOf({ status, authorization, captures }: OrderState): PaymentStatus | undefined {
  const taken = captures.some(isTaken);
  if (!taken && captures.some(isPending)) return 'processing';
  if (authorization !== undefined) return heldStatus(textOf(authorization.status), taken, hasFinal(captures));
  if (taken) return 'succeeded';
  return status === 'COMPLETED' && captures.some(isLost) ? 'failed' : orderStatuses[status];
}

function heldStatus(status: string, taken: boolean, final: boolean): PaymentStatus | undefined {
  switch (status) {
    case 'CREATED':
      return taken ? 'partially_captured' : 'authorized';
    case 'PENDING':
      return 'processing';
    case 'PARTIALLY_CAPTURED':
      return final ? 'succeeded' : 'partially_captured';
    case 'CAPTURED':
      return taken ? 'succeeded' : 'failed';
    case 'VOIDED':
    // Not among the SDK's values, but what the end of the honor period is called.
    case 'EXPIRED':
      return taken ? 'succeeded' : 'canceled';
    case 'DENIED':
      return 'failed';
    default:
      return undefined;
  }
}

export function reasonOf({ status, authorization }: OrderState): string | undefined {
  const ended = textOf(authorization?.status);
  if (ended === 'EXPIRED') return 'expired';
  return ended === 'VOIDED' || status === 'VOIDED' ? 'voided' : undefined;
}

/** Why a payment failed, as far as PayPal reports it. */
export function failureOf({ authorization, captures }: OrderState): Failure {
  const lost = captures.findLast(isLost);
  if (lost !== undefined)
    return { code: 'capture_declined', declineCode: lost.statusDetails?.reason, ref: lost.id };
  return {
    code: 'authorization_denied',
    declineCode: authorization?.statusDetails?.reason,
    ref: authorization?.id,
  };
}
