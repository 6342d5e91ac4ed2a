import { invalid, noSuch } from './errors.ts';
import type { FormValue } from './form.ts';
import { integer, object, text, texts } from './params.ts';

const LIMIT_DEFAULT = 10;
const LIMIT_MAX = 100;

const range = object({ gt: integer, gte: integer, lt: integer, lte: integer });

/** Either an exact time or a range of times, in seconds. */
const created = (value: FormValue, param: string) => {
  if (typeof value !== 'string') return range(value, param);
  const exact = integer(value, param);
  return { gte: exact, lte: exact };
};

/** Parameters that every list takes. */
export const listParams = {
  created,
  ending_before: text,
  expand: texts,
  limit: integer,
  starting_after: text,
};

interface ListQuery {
  readonly created?: ReturnType<typeof created>;
  readonly ending_before?: string;
  readonly limit?: number;
  readonly starting_after?: string;
}

/** A page of a list. */
export interface Page<T> {
  readonly object: 'list';
  readonly data: T[];
  readonly has_more: boolean;
  readonly url: string;
}

/** One page, newest first, of items given oldest first. */
export function page<T extends { id: string; created: number }>(
  oldestFirst: readonly T[],
  query: ListQuery,
  url: string,
): Page<T> {
  const limit = query.limit ?? LIMIT_DEFAULT;
  if (limit < 1 || limit > LIMIT_MAX) {
    throw invalid(`Invalid limit: must be between 1 and ${LIMIT_MAX}`, 'limit', 'parameter_invalid_integer');
  }
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = query.created ?? {};
  const inRange = ({ created: at }: T) => at > gt && at >= gte && at < lt && at <= lte;
  const items = oldestFirst.filter(inRange).reverse();
  if (query.ending_before !== undefined) {
    const before = items.slice(0, position(items, query.ending_before, 'ending_before'));
    return { object: 'list', data: before.slice(-limit), has_more: before.length > limit, url };
  }
  const from =
    query.starting_after === undefined ? 0 : position(items, query.starting_after, 'starting_after') + 1;
  const data = items.slice(from, from + limit);
  return { object: 'list', data, has_more: from + limit < items.length, url };
}

function position(items: readonly { id: string }[], id: string, param: string): number {
  const index = items.findIndex((item) => item.id === id);
  if (index < 0) throw noSuch('object', id, param, 400);
  return index;
}
