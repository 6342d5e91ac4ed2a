import type Stripe from 'stripe';
import { nowSeconds } from '../account.ts';
import { invalid } from '../api/errors.ts';
import { mergeMetadata, metadata } from '../api/metadata.ts';
import { flag, integer, object, oneOf, readParams, required, text, texts } from '../api/params.ts';
import { type Call, get, post } from '../api/route.ts';
import { list, retrieve, stored } from '../api/stored.ts';
import { save } from '../events.ts';
import { newId } from '../ids.ts';
import { checkCurrency } from '../intents/currencies.ts';
import { keepProduct, newProduct } from './products.ts';

const recurring = object({ interval: oneOf('day', 'week', 'month', 'year'), interval_count: integer });
const createParams = {
  active: flag,
  currency: text,
  expand: texts,
  lookup_key: text,
  metadata,
  nickname: text,
  product: text,
  product_data: object({ metadata, name: text }),
  recurring,
  unit_amount: integer,
};

type Params = ReturnType<typeof readParams<typeof createParams>>;

/** `/v1/prices`. */
export const priceRoutes = [
  post('/v1/prices', createPrice),
  get('/v1/prices', list('price', { active: flag, product: text })),
  get('/v1/prices/{id}', retrieve('price')),
];

/** `POST /v1/prices`: an amount per unit, once or for each period. */
function createPrice(call: Call): Stripe.Price {
  const params = readParams(createParams, call.form);
  const currency = checkCurrency(required(params.currency, 'currency'));
  const amount = required(params.unit_amount, 'unit_amount');
  if (amount < 0) {
    throw invalid(
      'This value must be greater than or equal to 0.',
      'unit_amount',
      'parameter_invalid_integer',
    );
  }
  const price = {
    id: newId('price'),
    object: 'price',
    active: params.active ?? true,
    billing_scheme: 'per_unit',
    created: nowSeconds(call.account),
    currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: params.lookup_key ?? null,
    metadata: mergeMetadata({}, params.metadata),
    nickname: params.nickname ?? null,
    product: productOf(call, params),
    recurring: recurrenceOf(params),
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: params.recurring ? 'recurring' : 'one_time',
    unit_amount: amount,
    unit_amount_decimal: String(amount),
  } as unknown as Stripe.Price;
  return save(call, 'price.created', price);
}

function productOf(call: Call, { product, product_data: data }: Params): string {
  if (product !== undefined && data !== undefined) {
    throw invalid('You may only specify one of these parameters: product, product_data.', 'product');
  }
  if (data === undefined) {
    const id = required(product, 'product');
    return stored(call.account, 'product', id, { param: 'product', status: 400 }).id;
  }
  const made = newProduct(call.account, required(data.name, 'product_data[name]'));
  return keepProduct(call, { ...made, metadata: mergeMetadata({}, data.metadata) }).id;
}

function recurrenceOf({ recurring: asked }: Params): Stripe.Price.Recurring | null {
  if (asked === undefined) return null;
  const count = asked.interval_count ?? 1;
  if (count < 1) throw invalid('interval_count must be at least 1.', 'recurring[interval_count]');
  return {
    interval: required(asked.interval, 'recurring[interval]'),
    interval_count: count,
    meter: null,
    trial_period_days: null,
    usage_type: 'licensed',
  };
}
