import { invalid, missing } from './errors.ts';
import type { Form, FormValue } from './form.ts';

/** Turns one form value into a typed one or refuses it in Stripe's words. */
export type Reader<T> = (value: FormValue, param: string) => T;
type Readers = Readonly<Record<string, Reader<unknown>>>;
type Values<R extends Readers> = { readonly [K in keyof R]?: ReturnType<R[K]> };

/** Reads the known parameters; anything else is `parameter_unknown`. */
export function readParams<R extends Readers>(readers: R, form: Form, parent = ''): Values<R> {
  const named = (key: string) => (parent === '' ? key : `${parent}[${key}]`);
  const unknown = Object.keys(form).filter((key) => !Object.hasOwn(readers, key));
  if (unknown.length > 0) {
    const names = unknown.map(named).join(', ');
    const plural = unknown.length > 1 ? 's' : '';
    throw invalid(
      `Received unknown parameter${plural}: ${names}`,
      named(unknown[0] ?? ''),
      'parameter_unknown',
    );
  }
  const values = Object.entries(form).map(([key, value]) => [key, readers[key]?.(value, named(key))]);
  return Object.fromEntries(values) as Values<R>;
}

/** The value, or `parameter_missing`. */
export function required<T>(value: T | undefined, param: string): T {
  if (value === undefined) throw missing(param);
  return value;
}

/** A text that may not be empty. */
export const text: Reader<string> = (value, param) => {
  if (typeof value !== 'string') throw invalid('Invalid string', param);
  if (value !== '') return value;
  throw invalid(
    `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; ` +
      `however '${param}' cannot be unset. You should remove '${param}' from your request or supply a ` +
      `non-empty value.`,
    param,
    'parameter_invalid_empty',
  );
};

/** A text that an empty value unsets. */
export const clearableText: Reader<string | null> = (value, param) =>
  value === '' ? null : text(value, param);

/** A whole number of any sign. */
export const integer: Reader<number> = (value, param) => {
  const raw = text(value, param);
  if (!/^[+-]?\d{1,15}$/.test(raw)) {
    throw invalid(`Invalid integer: ${raw.slice(0, 50)}`, param, 'parameter_invalid_integer');
  }
  return Number(raw);
};

/** `true` or `false`. */
export const flag: Reader<boolean> = (value, param) => {
  const raw = text(value, param);
  if (raw !== 'true' && raw !== 'false') throw invalid(`Invalid boolean: ${raw.slice(0, 50)}`, param);
  return raw === 'true';
};

/** One of the given words. */
export function oneOf<const T extends string>(...words: readonly T[]): Reader<T> {
  return (value, param) => {
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    text(value, param);
    const list = words.length > 1 ? `${words.slice(0, -1).join(', ')}, or ${words.at(-1)}` : words[0];
    throw invalid(`Invalid ${param}: must be one of ${list}`, param);
  };
}

/** A list of texts. */
export const texts: Reader<string[]> = (value, param) => {
  if (typeof value === 'string') throw invalid('Invalid array', param);
  return Object.entries(value).map(([index, item]) => text(item, `${param}[${index}]`));
};

/** A list of nested objects. */
export function listOf<T>(item: Reader<T>): Reader<T[]> {
  return (value, param) => {
    if (typeof value === 'string') throw invalid('Invalid array', param);
    return Object.entries(value).map(([index, one]) => item(one, `${param}[${index}]`));
  };
}

/** A nested object. */
export function object<R extends Readers>(readers: R): Reader<Values<R>> {
  return (value, param) => {
    if (typeof value === 'string') throw invalid('Invalid object', param);
    return readParams(readers, value, param);
  };
}

/** An absolute http(s) URL. */
export const webUrl: Reader<string> = (value, param) => {
  const raw = text(value, param);
  const protocol = URL.canParse(raw) ? new URL(raw).protocol : '';
  if (protocol !== 'http:' && protocol !== 'https:') throw invalid('Not a valid URL', param, 'url_invalid');
  return raw;
};
