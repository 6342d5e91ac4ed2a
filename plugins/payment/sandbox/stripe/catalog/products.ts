import type Stripe from 'stripe';
import { type Account, nowSeconds } from '../account.ts';
import { invalid } from '../api/errors.ts';
import { mergeMetadata, metadata } from '../api/metadata.ts';
import { clearableText, flag, readParams, required, text, texts } from '../api/params.ts';
import { type Call, get, post } from '../api/route.ts';
import { list, retrieve } from '../api/stored.ts';
import { save } from '../events.ts';
import { newId } from '../ids.ts';

const createParams = {
  active: flag,
  description: clearableText,
  expand: texts,
  id: text,
  metadata,
  name: text,
};

/** `/v1/products`. */
export const productRoutes = [
  post('/v1/products', createProduct),
  get('/v1/products', list('product', { active: flag })),
  get('/v1/products/{id}', retrieve('product')),
];

/** `POST /v1/products`. */
function createProduct(call: Call): Stripe.Product {
  const params = readParams(createParams, call.form);
  const { account } = call;
  if (params.id !== undefined && account.store.get('product', params.id)) {
    throw invalid('Product already exists.', 'id', 'resource_already_exists');
  }
  return keepProduct(call, {
    ...newProduct(account, required(params.name, 'name')),
    ...(params.id === undefined ? {} : { id: params.id }),
    active: params.active ?? true,
    description: params.description ?? null,
    metadata: mergeMetadata({}, params.metadata),
  });
}

/** Keeps a new product. */
export function keepProduct(call: Call, product: Stripe.Product): Stripe.Product {
  return save(call, 'product.created', product);
}

/** A product with nothing but a name, not yet kept. */
export function newProduct(account: Account, name: string): Stripe.Product {
  return {
    id: newId('prod'),
    object: 'product',
    active: true,
    created: nowSeconds(account),
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: {},
    name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: nowSeconds(account),
    url: null,
  };
}
