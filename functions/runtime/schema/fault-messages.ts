import type { $ZodIssue } from 'zod/v4/core';

/** Zod's own text for whatever a schema does not say itself: `zod/mini` brings no others. */
const NO_TEXT = 'Invalid input';
const PATTERN_SHOWN_MAX = 120;

const FORMATS: Readonly<Record<string, string>> = {
  url: 'must be an absolute URL, such as https://example.com/path',
  email: 'must be an e-mail address',
  date: 'must be a date of ISO 8601, such as 2026-11-01',
  datetime: 'must be a time of ISO 8601 with a time zone, such as 2026-11-01T09:30:00Z',
  uuid: 'must be a UUID',
};

/** The rule that a value broke: the schema's own message, or one derived from the issue. Never repeats the value. */
export function ruleOf(issue: $ZodIssue, value: unknown): string {
  if (issue.message && issue.message !== NO_TEXT) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, issue.path, value);
    case 'invalid_value': {
      const allowed = issue.values.map((one) => JSON.stringify(one)).join(', ');
      return value === undefined ? `is required: one of ${allowed}` : `must be one of ${allowed}`;
    }
    case 'too_small':
      return `must ${quantity(issue.origin)} ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return `must ${quantity(issue.origin)} ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return formatRule(issue.format, issue.pattern);
    case 'invalid_union':
      return eitherOf(issue.errors, value);
    case 'invalid_key':
    case 'invalid_element': {
      const rules = issue.issues.map((inner) => ruleOf(inner, ''));
      return `${issue.code === 'invalid_key' ? 'has a name that' : 'has an element that'} ${unique(rules).join(' and ')}`;
    }
    case 'unrecognized_keys':
      return 'has members that are not known here';
    case 'custom':
      return 'is not valid';
  }
}

function wrongType(expected: string, path: readonly PropertyKey[], value: unknown): string {
  if (expected === 'never') return 'must be left out';
  if (value === undefined || expected === 'nonoptional') return 'is required';
  const type = expected === 'int' ? 'be an integer' : `be of type ${expected}`;
  if (value !== null) return `must ${type}`;
  return typeof path.at(-1) === 'string'
    ? `is required and must ${type}, not null`
    : `must ${type}, not null`;
}

function formatRule(format: string, pattern: string | undefined): string {
  const known = FORMATS[format];
  if (known !== undefined) return known;
  if (format !== 'regex' || pattern === undefined) return `must have the form ${format}`;
  const shown = pattern.length > PATTERN_SHOWN_MAX ? `${pattern.slice(0, PATTERN_SHOWN_MAX)}...` : pattern;
  return `must match ${shown}`;
}

/** The rules of all alternatives, as one: `must be of type number or string`. */
function eitherOf(alternatives: readonly (readonly $ZodIssue[])[], value: unknown): string {
  const rules = unique(
    alternatives.map((issues) => unique(issues.map((issue) => ruleOf(issue, value))).join(' and ')),
  );
  const types = rules.map((rule) => /^must be of type (\w+)$/.exec(rule)?.[1]);
  if (types.length > 0 && types.every((type) => type !== undefined))
    return `must be of type ${types.join(' or ')}`;
  const [first = 'is not valid', ...others] = rules;
  return [first, ...others.map((rule) => rule.replace(/^must /, ''))].join(' or ');
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

const quantity = (origin: string): string =>
  ['string', 'array', 'set', 'map', 'file'].includes(origin) ? 'have a length of' : 'be';
