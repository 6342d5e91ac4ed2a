import type Stripe from 'stripe';
import { type Account, nowSeconds } from './account.ts';
import { text } from './api/params.ts';
import { get } from './api/route.ts';
import { list, retrieve } from './api/stored.ts';
import { newId } from './ids.ts';
import type { Decline, Magic } from './methods/magic.ts';
import { magicOf } from './methods/methods.ts';
import type { MethodRecord } from './store/records.ts';

/** `/v1/charges`. */
export const chargeRoutes = [
  get('/v1/charges', list('charge', { customer: text, payment_intent: text })),
  get('/v1/charges/{id}', retrieve('charge')),
];

/** How long an uncaptured card authorisation is good for. */
export const AUTHORIZATION_SECONDS = 7 * 24 * 3600;

/** How a charge starts out. */
interface ChargeOutcome {
  readonly status: 'succeeded' | 'pending' | 'failed';
  readonly captured: boolean;
  readonly decline?: Decline | undefined;
}

/** A new charge of the whole intent, not yet kept. */
export function newCharge(
  account: Account,
  intent: Stripe.PaymentIntent,
  method: MethodRecord,
  outcome: ChargeOutcome,
): Stripe.Charge {
  const { captured, decline, status } = outcome;
  return {
    ...UNUSED,
    id: newId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: captured ? intent.amount : 0,
    amount_refunded: 0,
    billing_details: method.object.billing_details,
    captured,
    created: nowSeconds(account),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    metadata: intent.metadata,
    outcome: chargeOutcomeOf(outcome),
    paid: status === 'succeeded',
    payment_intent: intent.id,
    payment_method: method.object.id,
    payment_method_details: detailsOf(account, intent, magicOf(method.magic), outcome),
    receipt_email: intent.receipt_email,
    refunded: false,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status,
  };
}

/** Members that these flows never fill. */
const UNUSED = {
  application: null,
  application_fee: null,
  application_fee_amount: null,
  balance_transaction: null,
  calculated_statement_descriptor: 'SANDBOX',
  disputed: false,
  failure_balance_transaction: null,
  fraud_details: {},
  livemode: false,
  on_behalf_of: null,
  receipt_number: null,
  receipt_url: null,
  review: null,
  shipping: null,
  source: null,
  source_transfer: null,
  transfer_data: null,
  transfer_group: null,
} satisfies Partial<Stripe.Charge>;

function chargeOutcomeOf({ decline, status }: ChargeOutcome): Stripe.Charge.Outcome | null {
  if (status === 'pending') return null;
  return {
    advice_code: decline?.adviceCode ?? null,
    network_advice_code: null,
    network_decline_code: decline?.networkDeclineCode ?? null,
    network_status: decline ? 'declined_by_network' : 'approved_by_network',
    reason: decline?.declineCode ?? null,
    risk_level: 'normal',
    seller_message: decline
      ? `The bank returned the decline code \`${decline.declineCode}\`.`
      : 'Payment complete.',
    type: decline ? 'issuer_declined' : 'authorized',
  };
}

function detailsOf(
  account: Account,
  intent: Stripe.PaymentIntent,
  magic: Magic,
  outcome: ChargeOutcome,
): Stripe.Charge.PaymentMethodDetails {
  if (magic.type === 'us_bank_account') {
    return {
      type: 'us_bank_account',
      us_bank_account: {
        account_holder_type: 'individual',
        account_type: 'checking',
        bank_name: 'STRIPE TEST BANK',
        fingerprint: `sandbox${magic.last4}`,
        last4: magic.last4,
        payment_reference: null,
        routing_number: '110000000',
      },
    };
  }
  const open = outcome.status === 'succeeded' && !outcome.captured;
  return { type: 'card', card: chargedCard(intent, magic, open ? nowSeconds(account) : null) };
}

function allowsMulticapture({
  capture_method: capture,
  payment_method_options: options,
}: Stripe.PaymentIntent) {
  return capture === 'manual' && options?.card?.request_multicapture === 'if_available';
}

function chargedCard(
  intent: Stripe.PaymentIntent,
  magic: Magic,
  authorizedAt: number | null,
): Stripe.Charge.PaymentMethodDetails.Card {
  return {
    amount_authorized: intent.amount,
    authorization_code: null,
    brand: magic.brand,
    ...(authorizedAt === null ? {} : { capture_before: authorizedAt + AUTHORIZATION_SECONDS }),
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: null },
    country: 'US',
    electronic_commerce_indicator: null,
    exp_month: 12,
    exp_year: 2034,
    extended_authorization: { status: 'disabled' },
    fingerprint: `sandbox${magic.last4}`,
    funding: magic.funding,
    incremental_authorization: { status: 'unavailable' },
    installments: null,
    last4: magic.last4,
    mandate: null,
    multicapture: { status: allowsMulticapture(intent) ? 'available' : 'unavailable' },
    network: magic.brand,
    network_token: { used: false },
    network_transaction_id: null,
    overcapture: { maximum_amount_capturable: intent.amount, status: 'unavailable' },
    regulated_status: 'unregulated',
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  };
}
