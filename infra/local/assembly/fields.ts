import { isObject, type JsonObject } from '../json.ts';
import { TemplateProblem } from './error.ts';

/** A resolved object of a template with its path, so that every problem can name the place. */
export interface Fields {
  readonly value: JsonObject;
  readonly path: string;
}

/** @throws {TemplateProblem} when the value is no object */
export function fieldsOf(value: unknown, path: string): Fields {
  if (!isObject(value)) throw new TemplateProblem(path, 'must be an object');
  return { value, path };
}

/** @throws {TemplateProblem} when the member is missing or no text */
export function text(fields: Fields, key: string): string {
  const value = optionalText(fields, key);
  if (value === undefined) throw new TemplateProblem(`${fields.path}.${key}`, 'is required');
  return value;
}

export function optionalText(fields: Fields, key: string): string | undefined {
  const value = fields.value[key];
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateProblem(`${fields.path}.${key}`, 'must be text');
}

/** CloudFormation takes numbers as text too. */
export function number(fields: Fields, key: string, fallback: number): number {
  const value = optionalText(fields, key);
  if (value === undefined) return fallback;
  if (value === '' || !Number.isFinite(Number(value))) {
    throw new TemplateProblem(`${fields.path}.${key}`, 'must be a number');
  }
  return Number(value);
}

export function flag(fields: Fields, key: string, fallback: boolean): boolean {
  const value = optionalText(fields, key);
  if (value === undefined) return fallback;
  if (value !== 'true' && value !== 'false') {
    throw new TemplateProblem(`${fields.path}.${key}`, 'must be true or false');
  }
  return value === 'true';
}

function list(fields: Fields, key: string): readonly unknown[] {
  const value = fields.value[key];
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new TemplateProblem(`${fields.path}.${key}`, 'must be a list');
  return value;
}

export function texts(fields: Fields, key: string): readonly string[] {
  return list(fields, key).map((value, index) => {
    if (typeof value === 'string') return value;
    throw new TemplateProblem(`${fields.path}.${key}[${index}]`, 'must be text');
  });
}

export function child(fields: Fields, key: string): Fields | undefined {
  const value = fields.value[key];
  return value === undefined ? undefined : fieldsOf(value, `${fields.path}.${key}`);
}

export function children(fields: Fields, key: string): readonly Fields[] {
  return list(fields, key).map((value, index) => fieldsOf(value, `${fields.path}.${key}[${index}]`));
}

/** @throws {TemplateProblem} when the template uses a member that the local runner does not support */
export function refuse(fields: Fields, keys: readonly string[]): void {
  const found = keys.find((key) => fields.value[key] !== undefined);
  if (found !== undefined) {
    throw new TemplateProblem(`${fields.path}.${found}`, 'is not supported by the local runner');
  }
}
