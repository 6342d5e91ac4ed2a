import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode } from './codes.ts';
import { type JsonDocument, type JsonPath, parseDocument, valueAt } from './document.ts';
import type { ManifestSource } from './discovery.ts';
import { manifestError, shown } from './errors.ts';
import type { ManifestError } from './types.ts';
import { type ManifestView, viewOf } from './view.ts';

/** What a check says about one place; `given` is the value there when left out. */
export interface Finding {
  readonly path: JsonPath;
  readonly given?: string;
  readonly allowed: string;
  readonly fix: string;
  readonly line?: number;
}

/** A manifest on its way through the checks, which collect their findings in `errors`. */
export interface Candidate extends ManifestSource {
  readonly name: string;
  readonly document: JsonDocument;
  /** Whether the file is there and is JSON, so that it makes sense to check it. */
  readonly readable: boolean;
  readonly view: ManifestView;
  readonly errors: ManifestError[];
  readonly report: (code: ErrorCode, finding: Finding) => ManifestError;
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
  const report = (code: ErrorCode, finding: Finding) => {
    const given = finding.given ?? shown(valueAt(document.value, finding.path));
    const error = manifestError(code, {
      ...finding,
      given,
      plugin: name,
      file: source.file,
      line: finding.line ?? document.lineOf(finding.path),
    });
    errors.push(error);
    return error;
  };
  const candidate: Candidate = { ...source, name, document, readable, view, errors, report };
  if (failure === undefined) reportSyntax(candidate);
  else report('PLG001', { path: [], given: failure, allowed: 'a readable file', fix: 'Make it readable.' });
  return candidate;
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
