import * as z from 'zod/mini';
import { type Call, get, type Result } from '../api/route.ts';
import { ApiError } from '../api/errors.ts';
import { neededTime, pageSize, queryInt, readQuery } from '../api/query.ts';
import { listLink } from '../links.ts';
import { PAYEE, PAYER } from '../orders/payer.ts';
import { signedMoney, type Transaction, transactionsOf } from './transactions.ts';

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
  const found = transactionsOf(account).filter((transaction) => fits(transaction, search));
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

function fits(transaction: Transaction, search: Search): boolean {
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
    ...(invoiceId === undefined ? {} : { invoice_id: invoiceId }),
    ...(customId === undefined ? {} : { custom_field: customId }),
    protection_eligibility: '01',
  };
}

/** Reports write the zone without a colon. */
function reportTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}+0000`;
}
