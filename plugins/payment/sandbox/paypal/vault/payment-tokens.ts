import * as z from 'zod/mini';
import type { Account } from '../account.ts';
import { unprocessable } from '../api/errors.ts';
import { pageSize, queryInt, readBody, readQuery } from '../api/input.ts';
import { type Call, creates, del, get, type Result, VAULT_MS } from '../api/route.ts';
import { retrieve, shown, stored } from '../api/stored.ts';
import { emit } from '../events.ts';
import { newTokenId } from '../ids.ts';
import { listLink } from '../links.ts';
import type { PaymentTokenRecord } from '../store/vault-records.ts';
import { tokenSchema } from './params.ts';
import { findSetupToken, needRequestId } from './setup-tokens.ts';
import { paymentTokenView } from './view.ts';

const SIZE_DEFAULT = 5;
const SIZE_MAX = 20;
const PAGES_MAX = 10;

const listSchema = z.object({
  customer_id: z.string().check(z.regex(/^[0-9a-zA-Z_-]{1,36}$/)),
  page_size: pageSize(SIZE_DEFAULT, SIZE_MAX),
  page: queryInt(1, 1, PAGES_MAX),
  total_required: z.optional(z.enum(['true', 'false'])),
});

/** Saved accounts of payers. */
export const paymentTokenRoutes = [
  creates(
    '/v3/vault/payment-tokens',
    createPaymentToken,
    shown('paymentToken', paymentTokenView, paymentTokenView),
    VAULT_MS,
  ),
  get('/v3/vault/payment-tokens', listPaymentTokens),
  get('/v3/vault/payment-tokens/{slug}', retrieve('paymentToken', paymentTokenView)),
  del('/v3/vault/payment-tokens/{slug}', deletePaymentToken),
];

/** `POST /v3/vault/payment-tokens`: saves the account of an approved setup token. */
function createPaymentToken(call: Call): string {
  const { account } = call;
  needRequestId(call);
  const { id } = readBody(tokenSchema, call.body).payment_source.token;
  const setup = findSetupToken(account, id);
  if (setup.status !== 'APPROVED') {
    const issue = setup.status === 'VAULTED' ? 'SETUP_TOKEN_ALREADY_USED' : 'SETUP_TOKEN_NOT_APPROVED';
    throw unprocessable(issue, '/payment_source/token/id');
  }
  const made = { id: newTokenId(), customer: setup.customer, wallet: setup.wallet };
  account.store.put('paymentToken', made.id, made);
  account.store.put('setupToken', id, { ...setup, status: 'VAULTED' });
  emitToken(account, 'CREATED', made);
  return made.id;
}

/** `DELETE /v3/vault/payment-tokens/{id}`. */
function deletePaymentToken({ account }: Call, id: string): Result {
  forgetToken(account, stored(account, 'paymentToken', id));
  return { status: 204 };
}

/** Forgets a saved account, by the merchant's wish or the payer's. */
export function forgetToken(account: Account, token: PaymentTokenRecord): void {
  account.store.delete('paymentToken', token.id);
  emitToken(account, 'DELETED', token);
}

/** `GET /v3/vault/payment-tokens?customer_id=`. */
function listPaymentTokens({ path, query, account }: Call): Result {
  const { customer_id: id, page, page_size: size, total_required: total } = readQuery(listSchema, query);
  const all = account.store.all('paymentToken');
  const found = all.filter(({ customer }) => customer.id === id);
  const items = found.slice((page - 1) * size, page * size);
  const next = new URLSearchParams(query);
  next.set('page', String(page + 1));
  const totals = { total_items: found.length, total_pages: Math.ceil(found.length / size) };
  return {
    status: 200,
    body: {
      ...(total === 'true' && found.length > 0 ? totals : {}),
      customer: { id },
      payment_tokens: items.map((token) => paymentTokenView(account, token)),
      links: [
        listLink(account, path, query, 'self'),
        ...(page * size < found.length ? [listLink(account, path, next, 'next')] : []),
      ],
    },
  };
}

/** Announces a saved account, or its end. */
function emitToken(account: Account, what: 'CREATED' | 'DELETED', token: PaymentTokenRecord): void {
  emit(account, {
    resource_type: 'payment_token',
    resource_version: '3.0',
    event_type: `VAULT.PAYMENT-TOKEN.${what}`,
    summary: `A payment token has been ${what.toLowerCase()}.`,
    resource: paymentTokenView(account, token),
  });
}
