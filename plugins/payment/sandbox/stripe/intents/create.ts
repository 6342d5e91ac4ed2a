import type Stripe from 'stripe';
import { randomText } from '../../shared/ids.ts';
import { type Account, nowSeconds } from '../account.ts';
import { invalid, missing } from '../api/errors.ts';
import { mergeMetadata } from '../api/metadata.ts';
import { readParams, required } from '../api/params.ts';
import type { Call } from '../api/route.ts';
import { checkOwner, findCustomer } from '../customers/find.ts';
import { save } from '../events.ts';
import { newId } from '../ids.ts';
import { idOf, resolveMethod } from '../methods/methods.ts';
import { checkConfirmation, confirmIntent } from './confirm.ts';
import { checkAmount, checkCurrency } from './currencies.ts';
import { cardOptions, createParams, NO_OPTIONS } from './params.ts';

type Params = ReturnType<typeof readParams<typeof createParams>>;

/** Makes an intent, and confirms it at once when asked to. A refused confirmation leaves the intent behind. */
export function createIntent(call: Call): Stripe.PaymentIntent {
  const params = readParams(createParams, call.form);
  const intent = newIntent(call.account, params);
  for (const name of ['return_url', 'off_session'] as const) {
    if (params.confirm === true || params[name] === undefined) continue;
    throw invalid(`You can only provide \`${name}\` when \`confirm\` is \`true\`.`, name);
  }
  const method =
    params.payment_method === undefined ? undefined : resolveMethod(call.account, params.payment_method);
  const confirm = params.confirm === true ? { ...params, method } : undefined;
  if (confirm && !method) throw missing('payment_method');
  if (confirm) checkConfirmation(intent, confirm);
  if (method) checkOwner(method, idOf(intent.customer) || null);
  if (method) intent.payment_method = method.object.id;
  const status = method ? 'requires_confirmation' : 'requires_payment_method';
  const created = save(call, 'payment_intent.created', { ...intent, status });
  return confirm ? confirmIntent(call, created, confirm) : created;
}

/** An intent as the parameters say, not yet kept. */
export function newIntent(account: Account, params: Params): Stripe.PaymentIntent {
  const amount = required(params.amount, 'amount');
  const currency = checkCurrency(required(params.currency, 'currency'));
  checkAmount(amount, currency);
  const id = newId('pi');
  const types = methodTypes(params, currency);
  return {
    ...UNUSED,
    id,
    object: 'payment_intent',
    ...types,
    amount,
    amount_capturable: 0,
    amount_received: 0,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: params.capture_method ?? 'automatic_async',
    client_secret: `${id}_secret_${randomText(25)}`,
    created: nowSeconds(account),
    currency,
    customer: params.customer === undefined ? null : findCustomer(account, params.customer).id,
    description: params.description ?? null,
    last_payment_error: null,
    latest_charge: null,
    metadata: mergeMetadata({}, params.metadata),
    next_action: null,
    payment_method: null,
    processing: null,
    receipt_email: params.receipt_email ?? null,
    setup_future_usage: params.setup_future_usage ?? null,
    statement_descriptor_suffix: params.statement_descriptor_suffix ?? null,
    status: 'requires_payment_method',
  };
}

/** Members that these flows never fill. */
const UNUSED = {
  amount_details: { tip: {} },
  application: null,
  application_fee_amount: null,
  confirmation_method: 'automatic',
  customer_account: null,
  excluded_payment_method_types: null,
  livemode: false,
  managed_payments: { enabled: false },
  on_behalf_of: null,
  payment_method_configuration_details: null,
  payment_record: null,
  review: null,
  shipping: null,
  source: null,
  statement_descriptor: null,
  transfer_group: null,
} satisfies Partial<Stripe.PaymentIntent>;

/** Automatic payment methods are on unless types are listed. */
function methodTypes(params: Params, currency: string) {
  const { allowed_payment_method_types: allowed, automatic_payment_methods: automatic } = params;
  if (automatic && automatic.enabled === undefined) required(undefined, 'automatic_payment_methods[enabled]');
  if (allowed && automatic?.enabled === true) {
    const message =
      'You may only specify one of these parameters: automatic_payment_methods, allowed_payment_method_types.';
    throw invalid(message, 'allowed_payment_method_types');
  }
  const wrong = allowed?.find((type) => type !== 'card' && type !== 'us_bank_account');
  if (wrong !== undefined) {
    throw invalid(
      `The payment method type "${wrong.slice(0, 50)}" is invalid.`,
      'allowed_payment_method_types',
    );
  }
  const off = allowed !== undefined || automatic?.enabled === false;
  const bank = currency === 'usd' && params.capture_method !== 'manual' && !off;
  return {
    allowed_payment_method_types: allowed ?? null,
    automatic_payment_methods: off
      ? null
      : ({ allow_redirects: automatic?.allow_redirects ?? 'always', enabled: true } as const),
    payment_method_options: cardOptions(NO_OPTIONS, params.payment_method_options?.card),
    payment_method_types: allowed ?? (bank ? ['card', 'us_bank_account'] : ['card']),
  };
}
