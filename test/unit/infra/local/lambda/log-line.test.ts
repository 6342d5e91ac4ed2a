import { expect, it } from 'vitest';
import { showLogLine } from '#infra/local/lambda/log-line.ts';

function shown(line: string, verbose = false): string[] {
  const lines: string[] = [];
  const to = (kind: string) => (text: string) => void lines.push(`${kind}: ${text}`);
  showLogLine({ info: to('info'), warn: to('warn'), error: to('error') }, 'p/api', line, verbose);
  return lines;
}

it.each([
  ['{"level":"INFO","message":"fine"}', [], ['info: p/api  INFO fine']],
  ['{"level":"WARN","message":"hm","service":"p"}', ['warn: p/api  WARN hm'], ['warn: p/api  WARN hm']],
  [
    '{"level":"ERROR","message":"no","error":{"name":"E","message":"m","stack":"at x"}}',
    ['error: p/api  ERROR no {"error":{"name":"E","message":"m"}}'],
    ['error: p/api  ERROR no {"error":{"name":"E","message":"m"}}'],
  ],
  ['{"_aws":{},"count":1}', [], ['info: p/api  {"_aws":{},"count":1}']],
  ['plain text', ['info: p/api  plain text'], ['info: p/api  plain text']],
  ['{"cut', ['info: p/api  {"cut'], ['info: p/api  {"cut']],
])('%s', (line, quiet, verbose) => {
  expect(shown(line)).toEqual(quiet);
  expect(shown(line, true)).toEqual(verbose);
});
