import { type Account, nowIso } from '../account.ts';
import { unprocessable } from '../api/errors.ts';
import { readBody } from '../api/input.ts';
import { type Call, CATALOG_MS, creates, get, type Result } from '../api/route.ts';
import { retrieve, shown } from '../api/stored.ts';
import { newProductId } from '../ids.ts';
import { apiLink } from '../links.ts';
import type { ProductRecord } from '../store/subscription-records.ts';
import { listOf } from './list.ts';
import { productSchema } from './params.ts';

/** `/v1/catalogs/products`. */
export const productRoutes = [
  creates('/v1/catalogs/products', createProduct, shown('product', productView, productMinimal), CATALOG_MS),
  get('/v1/catalogs/products', listProducts),
  get('/v1/catalogs/products/{slug}', retrieve('product', productView)),
];

/** `POST /v1/catalogs/products`. */
function createProduct({ account, body }: Call): string {
  const { id, ...fields } = readBody(productSchema, body);
  if (id !== undefined && account.store.get('product', id))
    throw unprocessable('DUPLICATE_RESOURCE_IDENTIFIER', '/id');
  const at = nowIso(account);
  const made = { id: id ?? newProductId(), fields, createdAt: at, updatedAt: at };
  account.store.put('product', made.id, made);
  return made.id;
}

/** `GET /v1/catalogs/products`. */
function listProducts(call: Call): Result {
  const all = call.account.store.all('product');
  return listOf(call, 'products', all, (product) => productMinimal(call.account, product));
}

function productView(account: Account, product: ProductRecord): object {
  const { createdAt, fields, id, updatedAt } = product;
  return { id, ...fields, create_time: createdAt, update_time: updatedAt, links: productLinks(account, id) };
}

function productMinimal(account: Account, { createdAt, fields, id }: ProductRecord): object {
  const { description, name } = fields;
  return { id, name, description, create_time: createdAt, links: productLinks(account, id) };
}

function productLinks(account: Account, id: string): readonly object[] {
  return [apiLink(account, `/v1/catalogs/products/${id}`, 'self')];
}
