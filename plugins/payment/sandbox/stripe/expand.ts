import type { Account } from './account.ts';
import { invalid } from './api/errors.ts';
import { texts } from './api/params.ts';
import type { Call } from './api/route.ts';
import { intentOf, paymentsOf } from './invoices/issue.ts';
import { refundsOf } from './refunds/room.ts';

type Json = Record<string, unknown>;

/** Members that hold an id, by the kind of object they are in, or by that and the member around them. */
const REFERENCES: Readonly<Record<string, readonly string[]>> = {
  payment_intent: ['customer', 'latest_charge', 'payment_method'],
  payment_method: ['customer'],
  price: ['product'],
  subscription: ['customer', 'default_payment_method', 'latest_invoice'],
  invoice: ['customer'],
  'invoice.parent.subscription_details': ['subscription'],
  invoice_payment: ['invoice'],
  'invoice_payment.payment': ['payment_intent'],
  'customer.invoice_settings': ['default_payment_method'],
  charge: ['balance_transaction', 'customer', 'payment_intent'],
  setup_intent: ['customer', 'payment_method'],
  refund: ['charge', 'payment_intent'],
  dispute: ['charge', 'payment_intent'],
  'radar.early_fraud_warning': ['charge', 'payment_intent'],
};

/** Members that are only there when asked for. */
const INCLUDABLE: Readonly<Record<string, (account: Account, value: Json) => unknown>> = {
  'charge.refunds': (account, { id }) => ({
    object: 'list',
    data: refundsOf(account, String(id)).reverse().slice(0, 10),
    has_more: refundsOf(account, String(id)).length > 10,
    url: `/v1/charges/${String(id)}/refunds`,
  }),
  'invoice.confirmation_secret': (account, { id }) => {
    const secret = intentOf(account, String(id))?.client_secret;
    return secret ? { client_secret: secret, type: 'payment_intent' } : null;
  },
  'invoice.payments': (account, { id }) => ({
    object: 'list',
    data: paymentsOf(account, String(id)),
    has_more: false,
    url: `/v1/invoice_payments?invoice=${String(id)}`,
  }),
};

/** Kinds of record that a reference may point at; an id is in one of them only. */
const KINDS = ['intent', 'charge', 'refund', 'customer', 'subscription', 'invoice', 'product'] as const;

/** Replaces the ids named by `expand[]` with their objects; an unknown path is refused. */
export function expandAnswer({ account, form }: Call, answer: object): object {
  const paths = form['expand'] === undefined ? [] : texts(form['expand'], 'expand');
  return paths.reduce<object>(
    (value, path) => expandPath(account, value as Json, path.split('.'), path),
    answer,
  );
}

/** `around` is where a hash without a kind of its own is found. */
function expandPath(
  account: Account,
  value: Json,
  [name = '', ...rest]: string[],
  path: string,
  around = '',
): Json {
  const kind = typeof value['object'] === 'string' ? value['object'] : around;
  if (kind === 'list' && name === 'data') {
    const items = value['data'] as Json[];
    return { ...value, data: items.map((item) => expandPath(account, item, rest, path)) };
  }
  const member = `${kind}.${name}`;
  const held = INCLUDABLE[member]?.(account, value) ?? value[name];
  const inside = rest.length > 0 && typeof held === 'object' && held !== null;
  if (!inside && !REFERENCES[kind]?.includes(name) && INCLUDABLE[member] === undefined) {
    throw invalid(`This property cannot be expanded (${path.slice(0, 100)}).`, 'expand');
  }
  const target = typeof held === 'string' ? lookUp(account, held) : (held as Json | null);
  if (!target) return value;
  return { ...value, [name]: rest.length === 0 ? target : expandPath(account, target, rest, path, member) };
}

function lookUp(account: Account, id: string): Json | undefined {
  const { store } = account;
  for (const kind of KINDS) {
    const found = store.get(kind, id);
    if (found) return found as unknown as Json;
  }
  return store.get('method', id)?.object as Json | undefined;
}
