import { DESCRIPTION } from '../definition.ts';
import { checkOf } from './checks.ts';
import { arrayOf, LEFT_OUT, type Member, objectOf, recordOf, unionOf } from './containers.ts';
import { formatOf } from './formats.ts';
import { isPlain, onlyOnRefusal, type Read, REFUSED, refuse } from './refused.ts';
import { Deferred, type Maker } from './schema.ts';

/**
 * What a schema makes of a value that fits, as Zod would, without Zod. It may refuse a value that fits, because Zod is
 * asked then; it never accepts one that does not.
 */
export const read = (schema: unknown, value: unknown): unknown => readerOf(schema)(value);

function readerOf(schema: unknown): Read {
  if (!(schema instanceof Deferred)) return refuse;
  return (schema.reader ??= createReader(schema));
}

function createReader({ recipe }: Deferred): Read {
  if ('clone' in recipe) return readerOf(recipe.from);
  if ('checks' in recipe) return checked(readerOf(recipe.from), recipe.checks.map(checkOf));
  const { maker, args } = recipe;
  const format = formatOf(maker, args[0]);
  if (format) return format;
  const { create, inputs } = READERS[maker] ?? { create: () => refuse, inputs: 0 };
  return args.slice(inputs).every(onlyOnRefusal) ? create(...(args as [never, never])) : refuse;
}

function checked(base: Read, checks: readonly Read[]): Read {
  return (value) => {
    let now = base(value);
    for (const check of checks) {
      if (now === REFUSED) return REFUSED;
      now = check(now);
    }
    return now;
  };
}

const accepting =
  (fits: (value: unknown) => boolean): Read =>
  (value) =>
    fits(value) ? value : REFUSED;

const among = (values: readonly unknown[]): Read => {
  const known = new Set(values);
  return accepting((value) => known.has(value));
};

interface Reader {
  readonly create: (first: never, second: never) => Read;
  /** Arguments of the maker before its settings. */
  readonly inputs: number;
}

const READERS: Partial<Record<Maker, Reader>> = {
  string: { create: () => accepting((value) => typeof value === 'string'), inputs: 0 },
  number: { create: () => accepting(Number.isFinite), inputs: 0 },
  int: { create: () => accepting(Number.isSafeInteger), inputs: 0 },
  boolean: { create: () => accepting((value) => typeof value === 'boolean'), inputs: 0 },
  unknown: { create: () => (value) => value, inputs: 0 },
  any: { create: () => (value) => value, inputs: 0 },
  literal: { create: (value: unknown) => among(Array.isArray(value) ? value : [value]), inputs: 1 },
  enum: { create: (values: unknown) => (Array.isArray(values) ? among(values) : refuse), inputs: 1 },
  object: { create: (shape: Shape | undefined) => objectReader(shape ?? {}, false), inputs: 1 },
  strictObject: { create: (shape: Shape) => objectReader(shape, true), inputs: 1 },
  array: { create: (item: unknown) => arrayOf(() => readerOf(item)), inputs: 1 },
  record: { create: recordReader, inputs: 2 },
  union: { create: (options: readonly Deferred[]) => unionOf(options, readerOf), inputs: 1 },
  nullable: {
    create: (inner: unknown) => (value) => (value === null ? null : read(inner, value)),
    inputs: 1,
  },
  optional: { create: optionalReader, inputs: 1 },
  _default: { create: defaultReader, inputs: 2 },
  pipe: {
    create: (first: unknown, second: unknown) => checked(readerOf(first), [readerOf(second)]),
    inputs: 2,
  },
  // A transform has the same payload as a check, and returns instead of assigning.
  transform: { create: transformReader, inputs: 1 },
};

function optionalReader(inner: unknown): Read {
  // A default in an optional stands for what is absent: rare enough for Zod.
  if (!(inner instanceof Deferred) || inner.hasDefault()) return refuse;
  return (value) => (value === undefined ? undefined : read(inner, value));
}

function defaultReader(inner: unknown, fallback: unknown): Read {
  return (value) => {
    const made = value === undefined ? undefined : read(inner, value);
    return made === undefined ? defaultOf(fallback) : made;
  };
}

/** A copy, as Zod makes one. */
function defaultOf(fallback: unknown): unknown {
  if (typeof fallback === 'function') return (fallback as () => unknown)();
  if (Array.isArray(fallback)) return [...(fallback as unknown[])];
  if (isPlain(fallback)) return { ...fallback };
  return typeof fallback === 'object' && fallback !== null ? REFUSED : fallback;
}

type Transform = (
  value: unknown,
  payload: { readonly value: unknown; readonly issues: unknown[] },
) => unknown;

function transformReader(transform: Transform): Read {
  return (value) => {
    const issues: unknown[] = [];
    const made = transform(value, { value, issues });
    return made instanceof Promise || issues.length > 0 ? REFUSED : made;
  };
}

function recordReader(key: unknown, item: unknown): Read {
  // Names from a closed set have to be complete, which is for Zod.
  const isOpen = key instanceof Deferred && key[DESCRIPTION]?.type === 'string';
  return isOpen
    ? recordOf(
        () => readerOf(key),
        () => readerOf(item),
      )
    : refuse;
}

type Shape = Readonly<Record<string, unknown>>;

const objectReader = (shape: Shape, isStrict: boolean): Read => objectOf(shape, memberOf(shape), isStrict);

const memberOf =
  (shape: Shape) =>
  (name: string): Member => {
    const schema = shape[name];
    return { name, read: readerOf(schema), whenAbsent: () => whenAbsent(schema) };
  };

/** What stands for an absent member. */
function whenAbsent(schema: unknown): unknown {
  const recipe = schema instanceof Deferred ? schema.recipe : undefined;
  if (recipe === undefined || !('maker' in recipe)) return REFUSED;
  const [inner, fallback] = recipe.args;
  if (recipe.maker === '_default') return defaultOf(fallback);
  return recipe.maker === 'optional' && inner instanceof Deferred && !inner.hasDefault() ? LEFT_OUT : REFUSED;
}
