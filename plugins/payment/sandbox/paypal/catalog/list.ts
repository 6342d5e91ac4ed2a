import * as z from 'zod/mini';
import { pageSize, queryInt, readQuery } from '../api/input.ts';
import type { Call, Result } from '../api/route.ts';
import { listLink } from '../links.ts';

const SIZE_DEFAULT = 10;
const SIZE_MAX = 20;
const PAGES_MAX = 100_000;

const pageSchema = z.object({
  page_size: pageSize(SIZE_DEFAULT, SIZE_MAX),
  page: queryInt(1, 1, PAGES_MAX),
  total_required: z.optional(z.enum(['true', 'false'])),
});

/** One page of products or plans. */
export function listOf<T>(
  { path, query, account }: Call,
  name: string,
  all: readonly T[],
  view: (item: T) => object,
): Result {
  const { page, page_size: size, total_required: total } = readQuery(pageSchema, query);
  const next = new URLSearchParams(query);
  next.set('page', String(page + 1));
  const totals = { total_items: all.length, total_pages: Math.ceil(all.length / size) };
  return {
    status: 200,
    body: {
      ...(total === 'true' ? totals : {}),
      [name]: all.slice((page - 1) * size, page * size).map((item) => view(item)),
      links: [
        listLink(account, path, query, 'self'),
        ...(page * size < all.length ? [listLink(account, path, next, 'next')] : []),
      ],
    },
  };
}
