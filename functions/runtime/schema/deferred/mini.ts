/**
 * Stands for `zod/mini` in the bundle of a function: schemas are built by Zod when something asks for more than whether
 * a valid value fits. For what has no place here see `all.ts`.
 */
import type { core } from 'zod/mini';
import { Deferred, type Maker, whenLoaded, zod } from './schema.ts';
import { read } from './read.ts';
import { REFUSED } from './refused.ts';

type Zod = ReturnType<typeof zod>;

const defer = (maker: Maker, args: readonly unknown[]): never => new Deferred({ maker, args }) as never;

export const string: Zod['string'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('string', args);
export const number: Zod['number'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('number', args);
export const int: Zod['int'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('int', args);
export const boolean: Zod['boolean'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('boolean', args);
export const unknown: Zod['unknown'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('unknown', args);
export const any: Zod['any'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('any', args);
export const literal: Zod['literal'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('literal', args);
export const object: Zod['object'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('object', args);
export const strictObject: Zod['strictObject'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('strictObject', args);
export const looseObject: Zod['looseObject'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('looseObject', args);
export const array: Zod['array'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('array', args);
export const record: Zod['record'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('record', args);
export const tuple: Zod['tuple'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('tuple', args);
export const union: Zod['union'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('union', args);
export const optional: Zod['optional'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('optional', args);
export const nullable: Zod['nullable'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('nullable', args);
export const _default: Zod['_default'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('_default', args);
export const pipe: Zod['pipe'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('pipe', args);
export const transform: Zod['transform'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('transform', args);
export const url: Zod['url'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('url', args);
export const check: Zod['check'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('check', args);
export const refine: Zod['refine'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('refine', args);
export const overwrite: Zod['overwrite'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('overwrite', args);
export const regex: Zod['regex'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('regex', args);
export const includes: Zod['includes'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('includes', args);
export const toLowerCase: Zod['toLowerCase'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('toLowerCase', args);
export const minLength: Zod['minLength'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('minLength', args);
export const maxLength: Zod['maxLength'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('maxLength', args);
export const gt: Zod['gt'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('gt', args);
export const gte: Zod['gte'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('gte', args);
export const minimum: Zod['minimum'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('minimum', args);
export const positive: Zod['positive'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('positive', args);
export const lt: Zod['lt'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('lt', args);
export const lte: Zod['lte'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('lte', args);
export const maximum: Zod['maximum'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) =>
  defer('maximum', args);
const enumeration: Zod['enum'] = /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('enum', args);
export { enumeration as enum, enumeration as _enum };

export const iso = {
  datetime: /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('iso.datetime', args),
  date: /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('iso.date', args),
  time: /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('iso.time', args),
  duration: /* @__NO_SIDE_EFFECTS__ */ (...args: unknown[]) => defer('iso.duration', args),
} as unknown as Zod['iso'];

export const globalRegistry = new Proxy({} as Zod['globalRegistry'], {
  get: (_target, key) => Reflect.get(zod().globalRegistry, key) as unknown,
});

export const config: Zod['config'] = (given) => {
  if (given === undefined) return zod().config();
  whenLoaded((loaded) => void loaded.config(given));
  return given;
};

export const safeParse: Zod['safeParse'] = (schema, value, options) => {
  const data = options === undefined ? read(schema, value) : REFUSED;
  if (data === REFUSED) return zod().safeParse(schema, value, options);
  return { success: true, data: data as core.output<typeof schema> };
};

export const parse: Zod['parse'] = (schema, value, ...options) => {
  const data = options.every((option) => option === undefined) ? read(schema, value) : REFUSED;
  if (data === REFUSED) return zod().parse(schema, value, ...options);
  return data as core.output<typeof schema>;
};
