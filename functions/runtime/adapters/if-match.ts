import { platformProblem } from '../contract/errors.ts';

const LIST = /^(?:"[\x21\x23-\x7e]*"\s*(?:,\s*|$))+$/;

/**
 * The entity tags of an `If-Match` without their quotes, or `*`. Weak tags never match, so they are refused.
 * @throws ProblemError 428 `precondition-required` or 400 `precondition-invalid`
 */
export function parseIfMatch(header: string | undefined): readonly string[] | '*' {
  const text = header?.trim() ?? '';
  if (text === '') {
    throw platformProblem('precondition-required', {
      detail: 'Send the ETag of what you change as If-Match.',
    });
  }
  if (text === '*') return '*';
  if (!LIST.test(text)) {
    throw platformProblem('precondition-invalid', {
      detail: 'It is * or entity tags in quotes, as in "abc".',
    });
  }
  return [...text.matchAll(/"([^"]*)"/g)].map(([, tag = '']) => tag);
}
