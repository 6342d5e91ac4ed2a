import { type ErrorCode, errorCodes } from './codes.ts';
import { type JsonPath, pointer } from './document.ts';
import type { ManifestError } from './types.ts';

/** A mistake with its place, before it has a code and a message. */
type Mistake = Omit<ManifestError, 'code' | 'message' | 'path'> & { readonly path: JsonPath };

/** What a check says about one place; `given` is the value there when left out. */
export interface Finding {
  readonly path: JsonPath;
  readonly given?: string;
  readonly allowed: string;
  readonly fix: string;
  readonly line?: number;
}

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
