import * as z from 'zod/mini';
import type { Account } from '../account.ts';
import { ApiError } from '../api/errors.ts';
import { neededTime, pageSize, queryInt, readQuery } from '../api/input.ts';
import { type Call, get, type Result } from '../api/route.ts';
import { listLink } from '../links.ts';
import { type Money, moneyOf } from '../money.ts';
import { PAYEE, PAYER } from '../orders/payer.ts';
import { feeMinorOf } from '../payments/capture-view.ts';
import type { CaptureRecord, RefundRecord } from '../store/records.ts';
import type { MoneyResource } from '../store/resource.ts';

const RANGE_MAX_MS = 31 * 24 * 3_600_000;
const SIZE_DEFAULT = 100;
const SIZE_MAX = 500;
const PAGES_MAX = 2000;

const text = z.optional(z.string());
const searchSchema = z.object({
  start_date: neededTime,
  end_date: neededTime,
  transaction_id: text,
  transaction_type: text,
  transaction_status: z.optional(z.enum(['D', 'P', 'S', 'V'])),
  transaction_currency: text,
  fields: z._default(z.optional(z.string()), 'transaction_info'),
  page_size: pageSize(SIZE_DEFAULT, SIZE_MAX),
  page: queryInt(1, 1, PAGES_MAX),
});
type Search = z.output<typeof searchSchema>;

/** The account's transactions. */
export const reportRoutes = [get('/v1/reporting/transactions', searchTransactions)];

/** `GET /v1/reporting/transactions`: those of at most 31 days, oldest first. */
function searchTransactions({ path, query, account }: Call): Result {
  const search = readQuery(searchSchema, query);
  const { end_date: endMs, fields, page, page_size: size, start_date: startMs } = search;
  if (endMs < startMs || endMs - startMs > RANGE_MAX_MS) {
    const description = 'Date range is greater than 31 days.';
    throw new ApiError(400, [
      { issue: 'INVALID_DATE_RANGE', description, field: 'end_date', location: 'query' },
    ]);
  }
  const found = transactionsOf(account).filter((transaction) => transactionFits(transaction, search));
  const shown = found.slice((page - 1) * size, page * size);
  const wanted = new Set(fields.split(','));
  const pages = Math.ceil(found.length / size);
  const to = (number: number, rel: string) => {
    const params = new URLSearchParams(query);
    params.set('page', String(number));
    return listLink(account, path, params, rel);
  };
  return {
    status: 200,
    body: {
      transaction_details: shown.map((transaction) => detailOf(transaction, wanted)),
      account_number: PAYEE.merchant_id,
      start_date: reportTime(startMs),
      end_date: reportTime(endMs),
      last_refreshed_datetime: reportTime(account.nowMs()),
      page,
      total_items: found.length,
      total_pages: pages,
      links: [
        to(page, 'self'),
        ...(page < pages ? [to(page + 1, 'next'), to(pages, 'last')] : []),
        ...(page > 1 ? [to(1, 'first'), to(page - 1, 'prev')] : []),
      ],
    },
  };
}

function transactionFits(transaction: Transaction, search: Search): boolean {
  const atMs = Date.parse(transaction.createdAt);
  const { transaction_currency: currency, transaction_id: id, transaction_status: status } = search;
  return (
    atMs >= search.start_date &&
    atMs <= search.end_date &&
    (id === undefined || transaction.id === id) &&
    (search.transaction_type === undefined || transaction.code === search.transaction_type) &&
    (status === undefined || transaction.status === status) &&
    (currency === undefined || transaction.currency === currency)
  );
}

function detailOf(transaction: Transaction, fields: ReadonlySet<string>): object {
  const payer = {
    account_id: PAYER.payer_id,
    email_address: PAYER.email_address,
    payer_name: PAYER.name,
    country_code: PAYER.address.country_code,
  };
  const has = (name: string) => fields.has('all') || fields.has(name);
  return {
    ...(has('transaction_info') ? { transaction_info: infoOf(transaction) } : {}),
    ...(has('payer_info') ? { payer_info: payer } : {}),
  };
}

function infoOf(transaction: Transaction): object {
  const { currency, customId, feeMinor, invoiceId, referenceId } = transaction;
  return {
    paypal_account_id: PAYER.payer_id,
    transaction_id: transaction.id,
    ...(referenceId === undefined
      ? {}
      : { paypal_reference_id: referenceId, paypal_reference_id_type: transaction.referenceType }),
    transaction_event_code: transaction.code,
    transaction_initiation_date: reportTime(Date.parse(transaction.createdAt)),
    transaction_updated_date: reportTime(Date.parse(transaction.updatedAt)),
    transaction_amount: signedMoney(transaction.amountMinor, currency),
    ...(feeMinor === 0 ? {} : { fee_amount: signedMoney(feeMinor, currency) }),
    transaction_status: transaction.status,
    invoice_id: invoiceId,
    custom_field: customId,
    protection_eligibility: '01',
  };
}

/** Reports write the zone without a colon. */
function reportTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}+0000`;
}

/** A transaction of the account's balance; amounts are signed minor units. */
interface Transaction extends MoneyResource {
  readonly code: string;
  readonly status: 'S' | 'P' | 'D' | 'V';
  readonly feeMinor: number;
  readonly referenceId?: string | undefined;
  readonly referenceType: 'TXN' | 'SUB';
}

const CAPTURE_STATUSES = {
  PENDING: 'P',
  DECLINED: 'D',
  COMPLETED: 'S',
  PARTIALLY_REFUNDED: 'S',
  REFUNDED: 'S',
} as const;
const REFUND_STATUSES = { PENDING: 'P', FAILED: 'D', CANCELLED: 'V', COMPLETED: 'S' } as const;

/** All captures, refunds and reversals, oldest first. */
function transactionsOf(account: Account): Transaction[] {
  const taken = account.store.all('capture').map(ofCapture);
  const back = account.store.all('refund').map(ofRefund);
  return [...taken, ...back].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/** T0006 is a payment of PayPal's checkout, T0002 one of a subscription, which it refers to. */
function ofCapture(capture: CaptureRecord): Transaction {
  const status = CAPTURE_STATUSES[capture.status];
  return {
    ...labels(capture),
    code: capture.subscriptionId === undefined ? 'T0006' : 'T0002',
    referenceId: capture.subscriptionId,
    referenceType: 'SUB',
    status,
    amountMinor: capture.amountMinor,
    feeMinor: status === 'S' ? -feeMinorOf(capture.amountMinor) : 0,
  };
}

/** T1107 is a refund, T1106 a reversal; the capture is what they refer to. */
function ofRefund(refund: RefundRecord): Transaction {
  return {
    ...labels(refund),
    code: refund.reversal ? 'T1106' : 'T1107',
    status: REFUND_STATUSES[refund.status],
    amountMinor: -refund.amountMinor,
    feeMinor: 0,
    referenceId: refund.captureId,
    referenceType: 'TXN',
  };
}

function labels({ createdAt, currency, customId, id, invoiceId, updatedAt }: CaptureRecord | RefundRecord) {
  return { id, currency, customId, invoiceId, createdAt, updatedAt };
}

/** Minor units, which may be negative, as an amount on the wire. */
function signedMoney(amountMinor: number, currency: string): Money {
  const money = moneyOf(Math.abs(amountMinor), currency);
  return amountMinor < 0 ? { ...money, value: `-${money.value}` } : money;
}
