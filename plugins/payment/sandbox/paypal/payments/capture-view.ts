import type { Account } from '../account.ts';
import { apiLink } from '../links.ts';
import { moneyOf } from '../money.ts';
import { PAYEE } from '../orders/payer.ts';
import type { CaptureRecord } from '../store/records.ts';

/** Shown on authorizations and captures alike. */
export const SELLER_PROTECTION = {
  status: 'ELIGIBLE',
  dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'],
};
const FEE_FIXED_MINOR = 49;

/** A capture inside its order. */
export function captureCore(account: Account, capture: CaptureRecord): Record<string, unknown> {
  const { amountMinor, currency, reason, status } = capture;
  return {
    id: capture.id,
    status,
    ...(status === 'PENDING' ? { status_details: { reason } } : {}),
    amount: moneyOf(amountMinor, currency),
    final_capture: capture.final,
    seller_protection: SELLER_PROTECTION,
    ...(isTaken(capture) ? { seller_receivable_breakdown: receivableBreakdown(amountMinor, currency) } : {}),
    custom_id: capture.customId,
    invoice_id: capture.invoiceId,
    create_time: capture.createdAt,
    update_time: capture.updatedAt,
    links: captureLinks(account, capture),
  };
}

/** A capture by itself: with the ids of what it belongs to. */
export function captureView(account: Account, capture: CaptureRecord): Record<string, unknown> {
  const { authorizationId, orderId } = capture;
  const related = { order_id: orderId, authorization_id: authorizationId };
  return {
    ...captureCore(account, capture),
    ...(orderId === undefined ? {} : { supplementary_data: { related_ids: related } }),
    payee: PAYEE,
  };
}

/** What a capture shows by default. */
export function captureMinimal(account: Account, capture: CaptureRecord): object {
  return { id: capture.id, status: capture.status, links: captureLinks(account, capture) };
}

/** Whether the money came, whatever went back since. */
export function isTaken({ status }: CaptureRecord): boolean {
  return status !== 'PENDING' && status !== 'DECLINED';
}

function captureLinks(account: Account, capture: CaptureRecord): readonly object[] {
  const { id, status } = capture;
  const path = `/v2/payments/captures/${id}`;
  const open = isTaken(capture) && status !== 'REFUNDED';
  return [
    apiLink(account, path, 'self'),
    ...(open ? [apiLink(account, `${path}/refund`, 'refund', 'POST')] : []),
    apiLink(account, parentOf(capture), 'up'),
  ];
}

/** 3.49 % and a fixed part; at most the whole amount. */
export function feeMinorOf(amountMinor: number): number {
  return Math.min(amountMinor, Math.round((amountMinor * 349) / 10_000) + FEE_FIXED_MINOR);
}

function receivableBreakdown(amountMinor: number, currency: string): object {
  const feeMinor = feeMinorOf(amountMinor);
  return {
    gross_amount: moneyOf(amountMinor, currency),
    paypal_fee: moneyOf(feeMinor, currency),
    net_amount: moneyOf(amountMinor - feeMinor, currency),
  };
}

function parentOf({ authorizationId, orderId, subscriptionId }: CaptureRecord): string {
  if (subscriptionId !== undefined) return `/v1/billing/subscriptions/${subscriptionId}`;
  if (authorizationId !== undefined) return `/v2/payments/authorizations/${authorizationId}`;
  return `/v2/checkout/orders/${orderId}`;
}
