import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode } from './codes.ts';
import { type JsonDocument, parseDocument, valueAt } from './document.ts';
import type { ManifestSource } from './discovery.ts';
import { type Finding, manifestError, shown } from './errors.ts';
import { schemaFindings } from './issues.ts';
import { manifestSchema } from './schema.ts';
import type { ManifestError } from './types.ts';
import { type ManifestView, viewOf } from './view.ts';

/** A manifest on its way through the checks, which collect their findings in `errors`. */
export interface Candidate extends ManifestSource {
  readonly name: string;
  readonly document: JsonDocument;
  /** Whether the file is there and is JSON, so that it makes sense to check it. */
  readonly readable: boolean;
  readonly view: ManifestView;
  readonly errors: ManifestError[];
  /** What is wrong but taken, because the project says so. */
  readonly warnings: ManifestError[];
  readonly report: (code: ErrorCode, finding: Finding) => ManifestError;
  readonly warn: (code: ErrorCode, finding: Finding) => void;
}

/** Reads and parses a manifest. What cannot be read becomes an error of the candidate. */
export function candidateOf(rootDir: string, source: ManifestSource): Candidate {
  const { text, failure } = readText(join(rootDir, source.file));
  const document = parseDocument(text);
  const readable = failure === undefined && document.syntaxError === undefined;
  // Of a file that was read in part only the name is of use, to those who depend on it.
  const view = viewOf(readable ? document.value : { name: valueAt(document.value, ['name']) });
  const name = view.name ?? source.label;
  const errors: ManifestError[] = [];
  const warnings: ManifestError[] = [];
  const placed = (code: ErrorCode, finding: Finding) =>
    manifestError(code, {
      ...finding,
      given: finding.given ?? shown(valueAt(document.value, finding.path)),
      plugin: name,
      file: source.file,
      line: finding.line ?? document.lineOf(finding.path),
    });
  const report = (code: ErrorCode, finding: Finding) => {
    const error = placed(code, finding);
    errors.push(error);
    return error;
  };
  const warn = (code: ErrorCode, finding: Finding) => void warnings.push(placed(code, finding));
  const known = { name, document, readable, view, errors, warnings };
  const candidate: Candidate = { ...source, ...known, report, warn };
  if (failure === undefined) reportSyntax(candidate);
  else report('PLG001', { path: [], given: failure, allowed: 'a readable file', fix: 'Make it readable.' });
  return candidate;
}

/** Checks a manifest against the schema and reports what does not fit, one error for each place. */
export function checkSchema({ document, report }: Candidate): void {
  for (const { code, ...finding } of schemaFindings(manifestSchema, document.value).findings) {
    report(code, finding);
  }
}

function reportSyntax({ document, report }: Candidate): void {
  const { syntaxError } = document;
  if (syntaxError) {
    report('PLG002', {
      path: [],
      line: syntaxError.line,
      given: `${syntaxError.reason} at column ${syntaxError.column}`,
      allowed: 'JSON without comments and trailing commas',
      fix: 'Correct the syntax; the other checks of this file follow then.',
    });
  }
  for (const { path, line } of document.duplicateKeys) {
    const given = shown(path.at(-1));
    report('PLG003', {
      path,
      line,
      given,
      allowed: 'each key once',
      fix: 'Remove or rename one of the two.',
    });
  }
}

function readText(file: string): { text: string; failure?: string } {
  try {
    return { text: readFileSync(file, 'utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    return { text: '{}', failure: error instanceof Error ? error.message : String(error) };
  }
}
