import type { $ZodType } from 'zod/v4/core';
import { type Buildable, WHEN_BUILT } from '../../contract/when-built.ts';
import { type Described, DESCRIPTION, type SchemaDefinition } from '../definition.ts';
import { loadZod } from './load-zod.ts';

type Zod = ReturnType<typeof loadZod>;
/** Functions that make a schema or a check. */
export type Maker =
  | Exclude<keyof Zod, 'config' | 'globalRegistry' | 'iso' | 'parse' | 'safeParse'>
  | IsoMaker;
type IsoMaker = 'iso.date' | 'iso.datetime' | 'iso.duration' | 'iso.time';

/** How a schema is made: by a function of Zod, or from another schema. */
export type Recipe =
  | { readonly maker: Maker; readonly args: readonly unknown[] }
  | { readonly from: Deferred; readonly checks: readonly unknown[] }
  | { readonly from: Deferred; readonly clone: CloneOptions | undefined };

type CloneOptions = { readonly parent?: boolean };

/** What Zod's schemas and checks have in common. */
interface Built {
  readonly _zod: $ZodType['_zod'];
  check(...checks: readonly unknown[]): Built;
  clone(definition: unknown, options: CloneOptions | undefined): Built;
}

interface Registry {
  add(schema: Deferred, metadata: object | undefined): unknown;
}

const atLoad: ((zod: Zod) => void)[] = [];
let loaded: Zod | undefined;

/** Zod, evaluated at the first call. */
export function zod(): Zod {
  if (loaded) return loaded;
  loaded = loadZod();
  for (const step of atLoad.splice(0)) step(loaded);
  return loaded;
}

/** Does something with Zod: now where it is loaded, else when it is. */
export function whenLoaded(step: (zod: Zod) => void): void {
  if (loaded) step(loaded);
  else atLoad.push(step);
}

/**
 * A schema or a check of Zod that is not built before something asks for more than can be told from how it is made.
 * Zod's own functions take it for one of theirs, because they reach everything by `_zod`.
 */
export class Deferred implements Described, Buildable {
  readonly recipe: Recipe;
  /** Made by `read.ts`. */
  reader: ((value: unknown) => unknown) | undefined;
  #built: Built | undefined;
  #steps: (() => void)[] = [];

  constructor(recipe: Recipe) {
    this.recipe = recipe;
  }

  built(): Built {
    if (this.#built) return this.#built;
    this.#built = build(this.recipe);
    for (const step of this.#steps.splice(0)) step();
    return this.#built;
  }

  get _zod(): Built['_zod'] {
    return this.built()._zod;
  }

  [WHEN_BUILT](step: () => void): void {
    if (this.#built) step();
    else this.#steps.push(step);
  }

  /** Undefined where Zod has to say it. */
  get [DESCRIPTION](): SchemaDefinition | undefined {
    return 'from' in this.recipe ? this.recipe.from[DESCRIPTION] : definitionBy(this.recipe);
  }

  /** Whether Zod may put a default in the place of `undefined`. */
  hasDefault(): boolean {
    const { innerType, in: first, options, type } = this[DESCRIPTION] ?? { type: 'default' };
    const parts = [innerType, first, ...(options ?? [])].filter((part) => part !== undefined);
    return type === 'default' || parts.some((part) => !(part instanceof Deferred) || part.hasDefault());
  }

  check(...checks: readonly unknown[]): Deferred {
    return new Deferred({ from: this, checks });
  }

  with(...checks: readonly unknown[]): Deferred {
    return this.check(...checks);
  }

  clone(definition?: unknown, options?: CloneOptions): unknown {
    if (definition !== undefined) return this.built().clone(definition, options);
    return new Deferred({ from: this, clone: options });
  }

  brand(): this {
    return this;
  }

  register(registry: Registry, metadata?: object): this {
    this[WHEN_BUILT](() => registry.add(this, metadata));
    return this;
  }

  get shape(): unknown {
    return this[DESCRIPTION]?.shape ?? Reflect.get(this.built(), 'shape');
  }

  get options(): unknown {
    const { recipe } = this;
    if ('maker' in recipe && recipe.maker === 'enum' && Array.isArray(recipe.args[0]))
      return [...recipe.args[0]];
    return Reflect.get(this.built(), 'options');
  }
}

/** Whatever a schema has beyond {@link Deferred} is read from Zod's own. */
const members = new Proxy(Object.create(null) as object, {
  get: (_target, key, schema) =>
    schema instanceof Deferred ? (Reflect.get(schema.built(), key) as unknown) : undefined,
});
Object.setPrototypeOf(Deferred.prototype, members);

function build(recipe: Recipe): Built {
  if ('checks' in recipe) return recipe.from.built().check(...recipe.checks);
  if ('clone' in recipe) return recipe.from.built().clone(undefined, recipe.clone);
  const [name, ofIso] = recipe.maker.split('.') as [keyof Zod, string | undefined];
  const made: unknown = ofIso === undefined ? zod()[name] : Reflect.get(zod().iso, ofIso);
  return Reflect.apply(made as (...args: unknown[]) => Built, undefined, recipe.args);
}

type Definition = (first: never, second: never) => Omit<SchemaDefinition, 'type'>;

const plain: Definition = () => ({});
const objectWith: Definition = (shape: SchemaDefinition['shape']) => ({ shape: shape ?? {} });
const wrapping: Definition = (innerType: $ZodType) => ({ innerType });

/** The definitions of schemas as Zod would give them, as far as walks read them. */
const DEFINITIONS: Partial<Record<Maker, readonly [type: string, Definition]>> = {
  any: ['any', plain],
  array: ['array', (element: $ZodType) => ({ element })],
  boolean: ['boolean', plain],
  _default: ['default', wrapping],
  enum: ['enum', plain],
  int: ['number', plain],
  'iso.date': ['string', plain],
  'iso.datetime': ['string', plain],
  'iso.duration': ['string', plain],
  'iso.time': ['string', plain],
  literal: ['literal', (values: unknown) => ({ values: Array.isArray(values) ? values : [values] })],
  looseObject: ['object', objectWith],
  nullable: ['nullable', wrapping],
  number: ['number', plain],
  object: ['object', objectWith],
  optional: ['optional', wrapping],
  pipe: ['pipe', (first: $ZodType) => ({ in: first })],
  record: ['record', (_key: unknown, valueType: $ZodType) => ({ valueType })],
  strictObject: ['object', objectWith],
  string: ['string', plain],
  transform: ['transform', plain],
  union: ['union', (options: readonly $ZodType[]) => ({ options })],
  unknown: ['unknown', plain],
  url: ['string', plain],
};

function definitionBy({ maker, args }: Extract<Recipe, { maker: Maker }>): SchemaDefinition | undefined {
  const [type, define] = DEFINITIONS[maker] ?? [];
  const [first, second] = args as [never, never];
  return type === undefined || define === undefined ? undefined : { type, ...define(first, second) };
}
