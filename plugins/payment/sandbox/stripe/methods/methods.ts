import type Stripe from 'stripe';
import { type Account, nowSeconds } from '../account.ts';
import { noSuch } from '../api/errors.ts';
import { newId } from '../ids.ts';
import type { MethodRecord } from '../store/records.ts';
import { findMagic, type Magic } from './magic.ts';

const NO_ADDRESS: Stripe.Address = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
};

/** The payment method with this id; a magic name makes a fresh one, as Stripe's test mode does. */
export function resolveMethod(account: Account, id: string, status: 400 | 404 = 400): MethodRecord {
  const known = account.store.get('method', id);
  if (known) return known;
  if (!id.startsWith('pm_') || !findMagic(id)) throw noSuch('PaymentMethod', id, 'payment_method', status);
  return createMethod(account, id, {});
}

/** Keeps a new payment method that behaves as the magic name says. */
export function createMethod(
  account: Account,
  magicName: string,
  metadata: Record<string, string>,
): MethodRecord {
  const record: MethodRecord = {
    object: methodObject(account, magicOf(magicName), metadata),
    magic: magicName,
  };
  account.store.put('method', record.object.id, record);
  return record;
}

/** The id of a member that holds an object or its id; empty when it holds nothing. */
export function idOf(member: string | { id: string } | null | undefined): string {
  return typeof member === 'string' ? member : (member?.id ?? '');
}

/** The payment method an intent has now. */
export function methodOf(
  account: Account,
  intent: Stripe.PaymentIntent | Stripe.SetupIntent,
): MethodRecord | undefined {
  return account.store.get('method', idOf(intent.payment_method));
}

/** The behaviour behind a record; records are only made for names that have one. */
export function magicOf(name: string): Magic {
  const magic = findMagic(name);
  if (!magic) throw new Error(`no behaviour is known for ${name}`);
  return magic;
}

function methodObject(
  account: Account,
  magic: Magic,
  metadata: Record<string, string>,
): Stripe.PaymentMethod {
  return {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: NO_ADDRESS, email: null, name: null, phone: null, tax_id: null },
    created: nowSeconds(account),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata,
    type: magic.type,
    ...(magic.type === 'card' ? { card: cardDetails(magic) } : { us_bank_account: bankDetails(magic) }),
  };
}

function cardDetails(magic: Magic): Stripe.PaymentMethod.Card {
  return {
    brand: magic.brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'unchecked' },
    country: 'US',
    display_brand: magic.brand,
    exp_month: 12,
    exp_year: 2034,
    fingerprint: `sandbox${magic.last4}`,
    funding: magic.funding,
    generated_from: null,
    last4: magic.last4,
    networks: { available: [magic.brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}

function bankDetails(magic: Magic): Stripe.PaymentMethod.UsBankAccount {
  return {
    account_holder_type: 'individual',
    account_type: 'checking',
    bank_name: 'STRIPE TEST BANK',
    financial_connections_account: null,
    fingerprint: `sandbox${magic.last4}`,
    last4: magic.last4,
    networks: { preferred: 'ach', supported: ['ach'] },
    routing_number: '110000000',
    status_details: {},
  };
}
