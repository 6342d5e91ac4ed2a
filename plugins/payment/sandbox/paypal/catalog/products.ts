import { readBody } from '../api/body.ts';
import type { Call, Made } from '../api/call.ts';
import { notFound, unprocessable } from '../api/errors.ts';
import { newProductId } from '../ids.ts';
import { apiLink } from '../links.ts';
import type { ProductRecord } from '../store/subscription-records.ts';
import type { Account } from '../account.ts';
import { nowIso } from '../account.ts';
import { listOf } from './list.ts';
import { productSchema } from './params.ts';

/** `POST /v1/catalogs/products`. */
export function createProduct(call: Call): Made {
  const { account } = call;
  const { id, ...fields } = readBody(productSchema, call.body);
  if (id !== undefined && account.store.get('product', id)) {
    throw unprocessable('DUPLICATE_RESOURCE_IDENTIFIER', 'Duplicate resource identifier.', '/id');
  }
  const at = nowIso(account);
  const made = { id: id ?? newProductId(), fields, createdAt: at, updatedAt: at };
  account.store.put('product', made.id, made);
  return { status: 201, ...showProduct(call, made.id) };
}

/** A product as the request wants to see it. */
export function showProduct({ representation, account }: Call, id: string): { body: object; ref: string } {
  const product = findProduct(account, id);
  return { body: representation ? productView(account, product) : productMinimal(account, product), ref: id };
}

/** `GET /v1/catalogs/products/{id}`. */
export function getProduct({ account }: Call, id: string): Made {
  return { status: 200, body: productView(account, findProduct(account, id)) };
}

/** `GET /v1/catalogs/products`. */
export function listProducts(call: Call): Made {
  const all = call.account.store.all('product').map(({ value }) => value);
  return listOf(call, 'products', all, (product) => productMinimal(call.account, product));
}

/** The product, or a 404. */
export function findProduct(account: Account, id: string): ProductRecord {
  const product = account.store.get('product', id);
  if (!product) throw notFound();
  return product;
}

function productView(account: Account, product: ProductRecord): object {
  const { createdAt, fields, id, updatedAt } = product;
  return { id, ...fields, create_time: createdAt, update_time: updatedAt, links: linksOf(account, id) };
}

function productMinimal(account: Account, { createdAt, fields, id }: ProductRecord): object {
  const { description, name } = fields;
  const said = description === undefined ? {} : { description };
  return { id, name, ...said, create_time: createdAt, links: linksOf(account, id) };
}

function linksOf(account: Account, id: string): readonly object[] {
  return [apiLink(account, `/v1/catalogs/products/${id}`, 'self')];
}
