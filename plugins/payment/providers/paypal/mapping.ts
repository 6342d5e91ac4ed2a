import type { LinkDescription, Money, Order, PurchaseUnit } from '@paypal/paypal-server-sdk';
import type { CaptureSnapshot, NextAction, Snapshot } from '../../payments/model/snapshot.ts';
import { minorOf } from './amounts.ts';
import { unexpected } from './calls.ts';
import { hrefOf } from './links.ts';
import { paymentNamed } from './marks.ts';
import { toRefundSnapshot } from './refund-mapping.ts';
import {
  type Authorization,
  type Capture,
  failureOf,
  hasHeld,
  isLost,
  isOpen,
  isPending,
  isTaken,
  reasonOf,
  statusOf,
} from './status.ts';

/** The parts of an order that the answers of create, get, authorize and capture share. */
export type AnyOrder = Pick<Order, 'id' | 'purchaseUnits' | 'links'> & { readonly status?: string };

/** The current authorization: a reauthorized one stays in the list, voided. */
export function authorizationOf(order: AnyOrder): Authorization | undefined {
  const all = order.purchaseUnits?.[0]?.payments?.authorizations ?? [];
  return all.findLast(({ status }) => (status as string) !== 'VOIDED') ?? all.at(-1);
}

const capturesOf = (unit: PurchaseUnit | undefined): readonly Capture[] => unit?.payments?.captures ?? [];

/** Whether an answer shows everything that a snapshot needs; PayPal leaves much out of a minimal one. */
export function isComplete(order: AnyOrder): boolean {
  const unit = order.purchaseUnits?.[0];
  return unit?.amount !== undefined && unit.customId !== undefined;
}

/** Maps an order and its payments to a snapshot. @throws ProviderError `unknown` for another object */
export function toSnapshot(order: AnyOrder, livemode: boolean): Snapshot {
  const unit = order.purchaseUnits?.[0];
  if (!order.id || !order.status || unit?.amount === undefined) throw unexpected();
  const currency = unit.amount.currencyCode.toLowerCase();
  const minor = (money: Money | undefined): number => minorOf(money, currency);
  const captures = capturesOf(unit);
  const sumOf = (counts: (capture: Capture) => boolean): number =>
    captures.filter(counts).reduce((sum, { amount }) => sum + minor(amount), 0);
  const authorization = authorizationOf(order);
  const state = { status: order.status, authorization, captures };
  const status = statusOf(state);
  const heldMinor = hasHeld(state) ? minor(authorization?.amount) : 0;
  const capturedMinor = sumOf(isTaken);
  const lastCapture = captures.at(-1)?.status;
  return {
    ref: order.id,
    status,
    providerStatus: [order.status, authorization?.status, lastCapture].filter(Boolean).join('/'),
    reason: reasonOf(state),
    amountMinor: minor(unit.amount),
    currency,
    livemode,
    ...paymentNamed(unit.customId),
    authorizedMinor: Math.max(heldMinor, capturedMinor),
    capturableMinor: isOpen(state) ? Math.max(0, heldMinor - capturedMinor - sumOf(isPending)) : 0,
    capturedMinor,
    captures: takenCaptures(captures, currency),
    captureBefore: isOpen(state) ? authorization?.expirationTime : undefined,
    refunds: (unit.payments?.refunds ?? []).map((refund) => toRefundSnapshot(refund)),
    failure: status === 'failed' ? failureOf(state) : undefined,
    nextAction: status === 'requires_action' ? approveAction(order.links) : undefined,
    clientSecret: order.id,
  };
}

/** The successful captures, oldest first. */
function takenCaptures(captures: readonly Capture[], currency: string): readonly CaptureSnapshot[] {
  return captures
    .filter(isTaken)
    .toSorted((a, b) => Date.parse(a.createTime ?? '') - Date.parse(b.createTime ?? '') || 0)
    .map(({ id, amount }) => {
      if (!id) throw unexpected();
      return { ref: id, amountMinor: minorOf(amount, currency) };
    });
}

const approveAction = (links: readonly LinkDescription[] | undefined): NextAction => ({
  type: 'redirect',
  url: hrefOf(links, 'payer-action', 'approve'),
});

/** The order after a capture of its authorization, as the capture's answer shows it. */
export function withCapture(order: AnyOrder, capture: Capture, final: boolean): AnyOrder {
  const others = capturesOf(order.purchaseUnits?.[0]).filter(({ id }) => id !== capture.id);
  const captures = [...others, { ...capture, finalCapture: capture.finalCapture ?? final }];
  if (isLost(capture)) return withPayments(order, { captures });
  const isFull = final || leftOf(authorizationOf(order), captures) <= 0;
  return withPayments(order, { captures, status: isFull ? 'CAPTURED' : 'PARTIALLY_CAPTURED' });
}

function leftOf(authorization: Authorization | undefined, captures: readonly Capture[]): number {
  const currency = authorization?.amount?.currencyCode.toLowerCase() ?? '';
  const used = captures.filter((capture) => !isLost(capture)).map(({ amount }) => minorOf(amount, currency));
  return used.reduce((left, minor) => left - minor, minorOf(authorization?.amount, currency));
}

/** The order after its authorization was voided, which PayPal may answer without a body. */
export const withVoid = (order: AnyOrder): AnyOrder => withPayments(order, { status: 'VOIDED' });

function withPayments(
  order: AnyOrder,
  { captures, status }: { readonly captures?: Capture[]; readonly status?: string },
): AnyOrder {
  const [unit = {}, ...rest] = order.purchaseUnits ?? [];
  const current = authorizationOf(order);
  const authorizations = (unit.payments?.authorizations ?? []).map((authorization) =>
    status !== undefined && authorization === current
      ? ({ ...authorization, status } as Authorization)
      : authorization,
  );
  const payments = { ...unit.payments, authorizations, ...(captures && { captures }) };
  return { ...order, purchaseUnits: [{ ...unit, payments }, ...rest] };
}
