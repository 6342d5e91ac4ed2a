import { DESCRIPTION } from '../definition.ts';
import { isPlain, type Read, REFUSED, refuse } from './refused.ts';
import { Deferred } from './schema.ts';

export function arrayOf(item: () => Read): Read {
  let readItem: Read | undefined;
  return (value) => {
    if (!Array.isArray(value)) return REFUSED;
    readItem ??= item();
    const items: unknown[] = [];
    for (let index = 0; index < value.length; index += 1) {
      const read = readItem(value[index]);
      if (read === REFUSED) return REFUSED;
      items.push(read);
    }
    return items;
  };
}

/** One member of an object, and what stands for it where it is left out: REFUSED where Zod has to say. */
export interface Member {
  readonly name: string;
  readonly read: Read;
  readonly whenAbsent: () => unknown;
}

/** The member stays absent. */
export const LEFT_OUT: unique symbol = Symbol('left out');

export function objectOf(
  shape: Readonly<Record<string, unknown>>,
  memberOf: (name: string) => Member,
  isStrict: boolean,
): Read {
  let members: readonly Member[] | undefined;
  if (Object.getOwnPropertySymbols(shape).length > 0 || Object.hasOwn(shape, '__proto__')) return refuse;
  return (value) => {
    if (!isPlain(value)) return REFUSED;
    members ??= Object.keys(shape).map(memberOf);
    if (isStrict) for (const name in value) if (!Object.hasOwn(shape, name)) return REFUSED;
    const made: Record<string, unknown> = {};
    for (const { name, read, whenAbsent } of members) {
      const member = name in value ? read(value[name]) : whenAbsent();
      if (member === REFUSED) return REFUSED;
      if (member !== LEFT_OUT) made[name] = member;
    }
    return made;
  };
}

export function recordOf(key: () => Read, item: () => Read): Read {
  let parts: { readonly key: Read; readonly item: Read } | undefined;
  return (value) => {
    if (!isPlain(value)) return REFUSED;
    parts ??= { key: key(), item: item() };
    const made: Record<string, unknown> = {};
    const names = Reflect.ownKeys(value);
    for (const name of names) {
      // What reaches a prototype, or hides, is for Zod.
      if (typeof name !== 'string' || name === '__proto__' || name === 'constructor') return REFUSED;
      if (!Object.prototype.propertyIsEnumerable.call(value, name)) return REFUSED;
      const read = parts.key(name);
      const member = parts.item(value[name]);
      if (typeof read !== 'string' || read === '__proto__' || member === REFUSED) return REFUSED;
      made[read] = member;
    }
    return made;
  };
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  array: 'array',
  object: 'object',
  record: 'object',
};

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value);

/** Whether a schema takes values of other kinds than its own. */
const coerces = ({ recipe }: Deferred): boolean =>
  'from' in recipe
    ? coerces(recipe.from)
    : recipe.args.some((arg) => typeof arg === 'object' && arg !== null && 'coerce' in arg);

/** Options of different kinds: that of the value's own kind is the only one that Zod can choose. */
export function unionOf(options: readonly Deferred[], readerOf: (option: Deferred) => Read): Read {
  const readers = new Map<string, Deferred>();
  for (const option of options) {
    const kind = option instanceof Deferred ? KINDS[option[DESCRIPTION]?.type ?? ''] : undefined;
    if (kind === undefined || readers.has(kind) || coerces(option)) return refuse;
    readers.set(kind, option);
  }
  return (value) => {
    const option = readers.get(kindOf(value));
    return option ? readerOf(option)(value) : REFUSED;
  };
}
