import type { LinkDescription, Money, Order, PurchaseUnit } from '@paypal/paypal-server-sdk';
import type { NextAction, Snapshot } from '../../domain/snapshot.ts';
import { ProviderError } from '../provider.ts';
import { fromPayPalValue } from './currencies.ts';
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

export const authorizationOf = (order: AnyOrder): Authorization | undefined =>
  order.purchaseUnits?.[0]?.payments?.authorizations?.at(-1);

const capturesOf = (unit: PurchaseUnit | undefined): readonly Capture[] => unit?.payments?.captures ?? [];

/** Whether an answer shows everything that a snapshot needs; PayPal leaves much out of a minimal one. */
export function isComplete(order: AnyOrder): boolean {
  const unit = order.purchaseUnits?.[0];
  return unit?.amount !== undefined && unit.customId !== undefined;
}

/** What an order and the payments in it come to. @throws ProviderError `unknown` for what is not an order of ours */
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
    paymentId: unit.customId,
    authorizedMinor: Math.max(heldMinor, capturedMinor),
    capturableMinor: isOpen(state) ? Math.max(0, heldMinor - capturedMinor - sumOf(isPending)) : 0,
    capturedMinor,
    failure: status === 'failed' ? failureOf(state) : undefined,
    nextAction: status === 'requires_action' ? approveAction(order.links) : undefined,
    clientSecret: order.id,
  };
}

function approveAction(links: readonly LinkDescription[] | undefined): NextAction {
  const link =
    links?.find(({ rel }) => rel === 'payer-action') ?? links?.find(({ rel }) => rel === 'approve');
  return { type: 'redirect', url: link?.href };
}

function minorOf(money: Money | undefined, currency: string): number {
  if (money?.currencyCode.toLowerCase() !== currency) throw unexpected();
  try {
    return fromPayPalValue(money.value, currency);
  } catch (error) {
    throw unexpected(error);
  }
}

const unexpected = (cause?: unknown): ProviderError =>
  new ProviderError({ class: 'unknown', code: 'unexpected_answer' }, { cause });

/** The order after a capture of its authorization, as the capture's answer shows it. */
export function withCapture(order: AnyOrder, capture: Capture): AnyOrder {
  const others = capturesOf(order.purchaseUnits?.[0]).filter(({ id }) => id !== capture.id);
  return withPayments(order, {
    captures: [...others, { ...capture, finalCapture: capture.finalCapture ?? true }],
    ...(!isLost(capture) && { status: 'CAPTURED' }),
  });
}

/** The order after its authorization was voided, which PayPal may answer without a body. */
export const withVoid = (order: AnyOrder): AnyOrder => withPayments(order, { status: 'VOIDED' });

function withPayments(
  order: AnyOrder,
  { captures, status }: { readonly captures?: Capture[]; readonly status?: string },
): AnyOrder {
  const [unit = {}, ...rest] = order.purchaseUnits ?? [];
  const authorizations = (unit.payments?.authorizations ?? []).map((authorization, index, all) =>
    status !== undefined && index === all.length - 1
      ? ({ ...authorization, status } as Authorization)
      : authorization,
  );
  const payments = { ...unit.payments, authorizations, ...(captures && { captures }) };
  return { ...order, purchaseUnits: [{ ...unit, payments }, ...rest] };
}
