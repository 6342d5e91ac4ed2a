import type { JsonObject } from '../json.ts';
import { ServiceError } from './reply.ts';

/** A member that must be a string. @throws ServiceError when it is missing or something else */
export function requiredString(input: JsonObject, name: string, code = 'ValidationException'): string {
  const value = input[name];
  if (typeof value === 'string' && value !== '') return value;
  const given = value === undefined ? 'null' : 'given';
  const rule = 'failed to satisfy constraint: Member must not be null';
  throw new ServiceError(code, `1 validation error detected: Value ${given} at '${name}' ${rule}`);
}

export function optionalString(input: JsonObject, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
