import { type ErrorCode, errorCodes } from './codes.ts';
import { type JsonPath, pointer } from './document.ts';
import type { ManifestError } from './types.ts';

/** A mistake with its place, before it has a code and a message. */
type Mistake = Omit<ManifestError, 'code' | 'message' | 'path'> & { readonly path: JsonPath };

export function manifestError(code: ErrorCode, mistake: Mistake): ManifestError {
  const { given, allowed } = mistake;
  const message = `${errorCodes[code]}: given ${given}; allowed: ${allowed}`;
  return { code, ...mistake, path: pointer(mistake.path), message };
}

/** A value as it is written in JSON, shortened. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
