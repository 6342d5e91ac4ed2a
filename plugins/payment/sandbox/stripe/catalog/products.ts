import type Stripe from 'stripe';
import type { Call } from '../api/call.ts';
import { invalid, noSuch } from '../api/errors.ts';
import type { Page } from '../api/lists.ts';
import { listParams, page } from '../api/lists.ts';
import { mergeMetadata, metadata } from '../api/metadata.ts';
import { clearableText, flag, readParams, required, text, texts } from '../api/params.ts';
import { emit } from '../events.ts';
import { newId } from '../ids.ts';
import type { Account } from '../account.ts';
import { nowSeconds } from '../account.ts';

const createParams = {
  active: flag,
  description: clearableText,
  expand: texts,
  id: text,
  metadata,
  name: text,
};

/** `POST /v1/products`. */
export function createProduct(call: Call): Stripe.Product {
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

/** `GET /v1/products/{id}`. */
export function retrieveProduct(call: Call, id: string): Stripe.Product {
  readParams({ expand: texts }, call.form);
  const product = call.account.store.get('product', id);
  if (!product) throw noSuch('product', id, 'id');
  return product;
}

/** `GET /v1/products`. */
export function listProducts(call: Call): Page<Stripe.Product> {
  const query = readParams({ ...listParams, active: flag }, call.form);
  const all = call.account.store.all('product').map(({ value }) => value);
  return page(
    all.filter(({ active }) => query.active === undefined || active === query.active),
    query,
    call.path,
  );
}

/** Keeps a new product. */
export function keepProduct(call: Call, product: Stripe.Product): Stripe.Product {
  call.account.store.put('product', product.id, product);
  emit(call.account, call, 'product.created', product);
  return product;
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
