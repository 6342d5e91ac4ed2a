import * as z from 'zod/mini';
import { notFound } from '../api/errors.ts';
import { neededTime, readQuery } from '../api/input.ts';
import type { Call, Result } from '../api/route.ts';
import { stored } from '../api/stored.ts';
import { listLink } from '../links.ts';
import { moneyOf } from '../money.ts';
import { PAYER } from '../orders/payer.ts';
import { feeMinorOf } from '../payments/capture-view.ts';
import type { CaptureRecord } from '../store/records.ts';
import { saleRefundView, saleView } from './sale-view.ts';

const listSchema = z.object({ start_time: neededTime, end_time: neededTime });

/** `GET /v1/billing/subscriptions/{id}/transactions`: its sales of a time, oldest first. */
export function listTransactions({ path, query, account }: Call, id: string): Result {
  const { end_time: endMs, start_time: startMs } = readQuery(listSchema, query);
  const { saleIds } = stored(account, 'subscription', id);
  const sales = saleIds
    .flatMap((saleId) => account.store.get('capture', saleId) ?? [])
    .filter(({ createdAt }) => Date.parse(createdAt) >= startMs && Date.parse(createdAt) <= endMs);
  const links = [listLink(account, path, query, 'self')];
  return { status: 200, body: { transactions: sales.map(transactionOf), links } };
}

/** `GET /v1/payments/sale/{id}`. */
export function getSale({ account }: Call, id: string): Result {
  const sale = account.store.get('capture', id);
  if (sale?.subscriptionId === undefined) throw notFound();
  return { status: 200, body: saleView(account, sale) };
}

/** `GET /v1/payments/refund/{id}`, of a sale. */
export function getSaleRefund({ account }: Call, id: string): Result {
  const refund = account.store.get('refund', id);
  const sale = account.store.get('capture', refund?.captureId ?? '');
  if (!refund || sale?.subscriptionId === undefined) throw notFound();
  return { status: 200, body: saleRefundView(account, refund) };
}

function transactionOf({ amountMinor, createdAt, currency, id, status }: CaptureRecord): object {
  const feeMinor = feeMinorOf(amountMinor);
  return {
    id,
    status,
    amount_with_breakdown: {
      gross_amount: moneyOf(amountMinor, currency),
      fee_amount: moneyOf(feeMinor, currency),
      net_amount: moneyOf(amountMinor - feeMinor, currency),
    },
    payer_name: PAYER.name,
    payer_email: PAYER.email_address,
    time: createdAt,
  };
}
