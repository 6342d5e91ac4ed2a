import type Stripe from 'stripe';
import { randomText } from '../../shared/ids.ts';
import { nowSeconds } from '../account.ts';
import { ApiError, type ErrorBody, invalid, missing } from '../api/errors.ts';
import { mergeMetadata, metadata } from '../api/metadata.ts';
import { clearableText, flag, object, oneOf, readParams, text, texts, webUrl } from '../api/params.ts';
import { type Call, get, post } from '../api/route.ts';
import { list } from '../api/stored.ts';
import { checkOwner, findCustomer } from '../customers/find.ts';
import { save } from '../events.ts';
import { newId } from '../ids.ts';
import { findIntent } from '../intents/find.ts';
import { checkUnspent } from '../methods/attach.ts';
import { idOf, magicOf, resolveMethod } from '../methods/methods.ts';
import type { MethodRecord } from '../store/records.ts';
import { finishSetup, requireSetupAction } from './transitions.ts';

const confirmation = { expand: texts, payment_method: text, return_url: webUrl, use_stripe_sdk: flag };

/** Parameters of `POST /v1/setup_intents`. */
const createParams = {
  ...confirmation,
  allowed_payment_method_types: texts,
  automatic_payment_methods: object({ allow_redirects: oneOf('always', 'never'), enabled: flag }),
  confirm: flag,
  customer: text,
  description: clearableText,
  metadata,
  usage: oneOf('off_session', 'on_session'),
};

/** Parameters of `POST /v1/setup_intents/{id}/confirm`; `client_secret` comes from front ends. */
const confirmParams = { ...confirmation, client_secret: text };

/** Parameters of `POST /v1/setup_intents/{id}/cancel`. */
const cancelParams = {
  cancellation_reason: oneOf('abandoned', 'duplicate', 'requested_by_customer'),
  expand: texts,
};

type Setup = Stripe.SetupIntent;
type Params = ReturnType<typeof readParams<typeof createParams>>;

const OPEN = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

/** `/v1/setup_intents`. */
export const setupIntentRoutes = [
  post('/v1/setup_intents', createSetup),
  get('/v1/setup_intents', list('setupIntent', { customer: text, payment_method: text })),
  get('/v1/setup_intents/{id}', retrieveSetup, 'publishable'),
  post('/v1/setup_intents/{id}/confirm', confirmSetup, 'publishable'),
  post('/v1/setup_intents/{id}/cancel', cancelSetup),
];

/** `POST /v1/setup_intents`, confirmed at once when asked to. */
function createSetup(call: Call): Setup {
  const params = readParams(createParams, call.form);
  const customer = params.customer === undefined ? null : findCustomer(call.account, params.customer).id;
  const method =
    params.payment_method === undefined ? undefined : resolveMethod(call.account, params.payment_method);
  if (method) checkOwner(method, customer);
  if (params.confirm === true && !method) throw missing('payment_method');
  if (params.return_url !== undefined && params.confirm !== true) {
    throw invalid('You can only provide `return_url` when `confirm` is `true`.', 'return_url');
  }
  const setup = save(call, 'setup_intent.created', {
    ...newSetup(call, params, customer),
    payment_method: method?.object.id ?? null,
    status: method ? 'requires_confirmation' : 'requires_payment_method',
  });
  return params.confirm === true && method ? confirmWith(call, setup, method, params.return_url) : setup;
}

/** `GET /v1/setup_intents/{id}`. */
function retrieveSetup(call: Call, id: string): Setup {
  const { client_secret: secret } = readParams({ client_secret: text, expand: texts }, call.form);
  return visible(call, findIntent(call, 'setupIntent', id, secret));
}

/** `POST /v1/setup_intents/{id}/confirm`. */
function confirmSetup(call: Call, id: string): Setup {
  const params = readParams(confirmParams, call.form);
  const setup = findIntent(call, 'setupIntent', id, params.client_secret);
  if (!OPEN.includes(setup.status)) throw wrongState('confirm', setup);
  const methodId = params.payment_method ?? idOf(setup.payment_method);
  if (methodId === '') throw missing('payment_method');
  const method = resolveMethod(call.account, methodId);
  checkOwner(method, idOf(setup.customer) || null);
  return visible(call, confirmWith(call, setup, method, params.return_url));
}

/** `POST /v1/setup_intents/{id}/cancel`. */
function cancelSetup(call: Call, id: string): Setup {
  const { cancellation_reason: reason } = readParams(cancelParams, call.form);
  const setup = findIntent(call, 'setupIntent', id);
  if (!OPEN.includes(setup.status)) throw wrongState('cancel', setup);
  const changes = { cancellation_reason: reason ?? null, next_action: null, status: 'canceled' } as const;
  return save(call, 'setup_intent.canceled', { ...setup, ...changes });
}

function confirmWith(call: Call, setup: Setup, method: MethodRecord, returnUrl: string | undefined): Setup {
  checkUnspent(method);
  const { authenticate, type } = magicOf(method.magic);
  if (!setup.payment_method_types.includes(type)) {
    throw invalid(
      `The PaymentMethod provided (${type}) is not allowed for this SetupIntent.`,
      'payment_method',
    );
  }
  if (setup.automatic_payment_methods?.allow_redirects === 'always' && returnUrl === undefined) {
    const message =
      'This SetupIntent is configured to accept payment methods enabled in your Dashboard: you must provide a ' +
      '`return_url`, or set `automatic_payment_methods[allow_redirects]` to `never` when creating it.';
    throw invalid(message, 'return_url');
  }
  if (authenticate) return requireSetupAction(call, setup, method, returnUrl);
  const done = finishSetup(call, setup, method);
  if (done.status === 'succeeded') return done;
  const error = done.last_setup_error as unknown as ErrorBody;
  throw new ApiError(402, { ...error, setup_intent: visible(call, done) }, true);
}

function newSetup(call: Call, params: Params, customer: string | null): Setup {
  const id = newId('seti');
  const { allowed_payment_method_types: allowed, automatic_payment_methods: automatic } = params;
  const wrong = allowed?.find((type) => type !== 'card');
  if (wrong !== undefined) {
    const message = `The payment method type "${wrong.slice(0, 50)}" is invalid.`;
    throw invalid(message, 'allowed_payment_method_types');
  }
  const off = allowed !== undefined || automatic?.enabled === false;
  return {
    ...UNUSED,
    id,
    object: 'setup_intent',
    allowed_payment_method_types: (allowed as Setup['allowed_payment_method_types'] | undefined) ?? null,
    automatic_payment_methods: off
      ? null
      : { allow_redirects: automatic?.allow_redirects ?? 'always', enabled: true },
    client_secret: `${id}_secret_${randomText(25)}`,
    created: nowSeconds(call.account),
    customer,
    description: params.description ?? null,
    metadata: mergeMetadata({}, params.metadata),
    payment_method: null,
    status: 'requires_payment_method',
    usage: params.usage ?? 'off_session',
  };
}

/** Members that these flows never fill, and those that start out empty. */
const UNUSED = {
  application: null,
  cancellation_reason: null,
  customer_account: null,
  excluded_payment_method_types: null,
  flow_directions: null,
  last_setup_error: null,
  latest_attempt: null,
  livemode: false,
  mandate: null,
  next_action: null,
  on_behalf_of: null,
  payment_method_configuration_details: null,
  payment_method_options: {
    card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' },
  },
  payment_method_types: ['card'],
  single_use_mandate: null,
} satisfies Partial<Setup>;

/** Front ends do not see what the merchant notes. */
function visible(call: Call, setup: Setup): Setup {
  if (!call.publishable) return setup;
  const { customer: _customer, metadata: _metadata, ...rest } = setup;
  return rest as Setup;
}

function wrongState(verb: string, setup: Setup): ApiError {
  const message =
    `You cannot ${verb} this SetupIntent because it has a status of ${setup.status}. Only a SetupIntent with one ` +
    `of the following statuses may be ${verb}ed: ${OPEN.join(', ')}.`;
  const code = 'setup_intent_unexpected_state';
  return new ApiError(400, { type: 'invalid_request_error', code, message, setup_intent: setup }, true);
}
