import { readBody } from '../api/body.ts';
import type { Call, Made } from '../api/call.ts';
import { notFound, unprocessable } from '../api/errors.ts';
import { newProductId } from '../ids.ts';
import { apiLink } from '../links.ts';
import type { ProductRecord } from '../store/subscription-records.ts';
import type { World } from '../world.ts';
import { nowIso } from '../world.ts';
import { listOf } from './list.ts';
import { productSchema } from './params.ts';

/** `POST /v1/catalogs/products`. */
export function createProduct(call: Call): Made {
  const { world } = call;
  const { id, ...fields } = readBody(productSchema, call.body);
  if (id !== undefined && world.store.get('product', id)) {
    throw unprocessable('DUPLICATE_RESOURCE_IDENTIFIER', 'Duplicate resource identifier.', '/id');
  }
  const at = nowIso(world);
  const made = { id: id ?? newProductId(), fields, createdAt: at, updatedAt: at };
  world.store.put('product', made.id, made);
  return { status: 201, ...showProduct(call, made.id) };
}

/** A product as the request wants to see it. */
export function showProduct({ representation, world }: Call, id: string): { body: object; ref: string } {
  const product = findProduct(world, id);
  return { body: representation ? productView(world, product) : productMinimal(world, product), ref: id };
}

/** `GET /v1/catalogs/products/{id}`. */
export function getProduct({ world }: Call, id: string): Made {
  return { status: 200, body: productView(world, findProduct(world, id)) };
}

/** `GET /v1/catalogs/products`. */
export function listProducts(call: Call): Made {
  const all = call.world.store.all('product').map(({ value }) => value);
  return listOf(call, 'products', all, (product) => productMinimal(call.world, product));
}

/** The product, or a 404. */
export function findProduct(world: World, id: string): ProductRecord {
  const product = world.store.get('product', id);
  if (!product) throw notFound();
  return product;
}

function productView(world: World, product: ProductRecord): object {
  const { createdAt, fields, id, updatedAt } = product;
  return { id, ...fields, create_time: createdAt, update_time: updatedAt, links: linksOf(world, id) };
}

function productMinimal(world: World, { createdAt, fields, id }: ProductRecord): object {
  const { description, name } = fields;
  const said = description === undefined ? {} : { description };
  return { id, name, ...said, create_time: createdAt, links: linksOf(world, id) };
}

function linksOf(world: World, id: string): readonly object[] {
  return [apiLink(world, `/v1/catalogs/products/${id}`, 'self')];
}
