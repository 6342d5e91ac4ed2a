import type { Account } from '../account.ts';
import type { Records } from '../store/records.ts';
import { noSuch } from './errors.ts';
import { listParams, page, type Page } from './lists.ts';
import { type Reader, readParams, texts } from './params.ts';
import type { Call } from './route.ts';

/** Kinds of record that are objects of the API. */
type Kind = {
  [K in keyof Records]: Records[K] extends { readonly id: string; readonly object: string } ? K : never;
}[keyof Records];

/** How a 404 (400 for a parameter) names an object and what names it. */
interface Naming {
  readonly what?: string;
  readonly param?: string;
  readonly status?: 400 | 404;
}

/** The object with this id, or the refusal that there is none. */
export function stored<K extends Kind>(
  { store }: Account,
  kind: K,
  id: string,
  { what = kind, param = 'id', status = 404 }: Naming = {},
): Records[K] {
  const object = store.get(kind, id);
  if (object === undefined) throw noSuch(what, id, param, status);
  return object;
}

/** `GET` of one object. */
export function retrieve<K extends Kind>(kind: K, naming?: Naming): (call: Call, id: string) => Records[K] {
  return ({ account, form }, id) => {
    readParams({ expand: texts }, form);
    return stored(account, kind, id, naming);
  };
}

type Readers = Readonly<Record<string, Reader<unknown>>>;
/** Comparisons of an object with a parameter, by the parameter's name. */
type Filters<K extends Kind, R extends Readers> = {
  readonly [N in keyof R]?: (object: Records[K], wanted: ReturnType<R[N]>) => boolean;
};

/** `GET` of a list, filtered by the members with the names of the parameters, or as `filters` say. */
export function list<K extends Kind, R extends Readers>(
  kind: K,
  readers: R,
  filters: Filters<K, R> = {},
): (call: Call) => Page<Records[K]> {
  const own = filters as Readonly<Record<string, (object: Records[K], wanted: unknown) => boolean>>;
  return ({ account, form, path }) => {
    const query: Readonly<Record<string, unknown>> = readParams({ ...listParams, ...readers }, form);
    const fits = (object: Records[K]) => (name: string) =>
      own[name]?.(object, query[name]) ?? object[name as keyof Records[K]] === query[name];
    const names = Object.keys(readers).filter((name) => query[name] !== undefined);
    const fitting = account.store.all(kind).filter((object) => names.every(fits(object)));
    return page(fitting as never[], query, path);
  };
}
