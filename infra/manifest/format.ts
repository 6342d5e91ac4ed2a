import { styleText } from 'node:util';
import { errorCodes } from './codes.ts';
import type { ManifestError } from './types.ts';
import { count } from '../process/count.ts';

interface FormatOptions {
  /** Whether to use ANSI colors. */
  readonly color: boolean;
  /** What they are called; errors when left out. */
  readonly noun?: 'error' | 'warning';
}

/** The errors, or warnings, as text for a person: each with its place, what was given, what is allowed and the fix. */
export function formatErrors(
  errors: readonly ManifestError[],
  { color, noun = 'error' }: FormatOptions,
): string {
  const tone = noun === 'error' ? 'red' : 'yellow';
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    color ? styleText(format, text, { validateStream: false }) : text;
  const row = (label: string, text: string) =>
    `  ${style('dim', label.padEnd(8))}${text.trim().replaceAll('\n', `\n${' '.repeat(10)}`)}`;
  const blocks = errors.map(({ code, file, line, path, given, allowed, fix }) =>
    [
      `${style('bold', `${file}:${line}`)}  ${style(tone, code)}  ${errorCodes[code]}`,
      ...(path === '' ? [] : [row('at', path)]),
      row('given', given),
      row('allowed', allowed),
      row('fix', fix),
    ].join('\n'),
  );
  return [...blocks, style('bold', countLine(errors, noun))].join('\n\n');
}

function countLine(errors: readonly ManifestError[], noun: string): string {
  const files = new Set(errors.map(({ file }) => file)).size;
  return `${count(errors.length, noun)} in ${count(files, 'file')}`;
}
