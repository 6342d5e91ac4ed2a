import type { ErrorCode } from '#infra/manifest/codes.ts';
import type { JsonPath } from '#infra/manifest/document.ts';

/** A difference between the code and the manifest, at a place in the manifest. */
export interface CodeFinding {
  readonly path: JsonPath;
  readonly given: string;
  readonly allowed: string;
  readonly fix: string;
}

export type Report = (code: ErrorCode, finding: CodeFinding) => void;
