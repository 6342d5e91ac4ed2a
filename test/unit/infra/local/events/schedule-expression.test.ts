import { expect, it } from 'vitest';
import { parseExpression } from '#infra/local/events/schedule-expression.ts';

/** The next times of an expression, in UTC. */
function timesOf(expression: string, from: string, count = 1): string[] {
  const nextAfter = parseExpression(expression);
  const times: string[] = [];
  let at: number | undefined = Date.parse(from);
  for (let index = 0; index < count; index++) {
    at = nextAfter?.(at);
    if (at === undefined) break;
    times.push(new Date(at).toISOString().slice(0, 16));
  }
  return times;
}

it.each([
  ['rate(1 minute)', '2026-11-24T10:00:30Z', ['2026-11-24T10:01', '2026-11-24T10:02']],
  ['rate(5 minutes)', '2026-11-24T23:58:00Z', ['2026-11-25T00:03']],
  ['rate(2 days)', '2026-11-24T10:00:00Z', ['2026-11-26T10:00']],
  ['cron(0 3 * * ? *)', '2026-11-24T03:00:00Z', ['2026-11-25T03:00', '2026-11-26T03:00']],
  ['cron(0 3 * * ? *)', '2026-11-24T02:59:59Z', ['2026-11-24T03:00']],
  ['cron(0/15 * * * ? *)', '2026-11-24T10:46:00Z', ['2026-11-24T11:00', '2026-11-24T11:15']],
  ['cron(5-6 8,20 * * ? *)', '2026-11-24T08:05:00Z', ['2026-11-24T08:06', '2026-11-24T20:05']],
  ['cron(0 9 ? * 2-6 *)', '2026-11-27T09:00:00Z', ['2026-11-30T09:00']],
  [
    'cron(0 0 31 * ? *)',
    '2026-11-24T00:00:00Z',
    ['2026-12-31T00:00', '2027-01-31T00:00', '2027-03-31T00:00'],
  ],
  ['cron(0 0 29 2 ? *)', '2026-11-24T00:00:00Z', ['2028-02-29T00:00']],
  ['cron(0 12 1 1 ? 2027)', '2026-11-24T00:00:00Z', ['2027-01-01T12:00']],
])('%s after %s', (expression, from, expected) => {
  expect(timesOf(expression, from, expected.length)).toEqual(expected);
});

it.each(['cron(0 12 1 1 ? 2020)', 'cron(0 0 31 2 ? *)'])('%s never comes', (expression) => {
  expect(parseExpression(expression)?.(Date.parse('2026-11-24T00:00:00Z'))).toBeUndefined();
});

it.each([
  '1 minute',
  'rate(0 minutes)',
  'rate(1 week)',
  'rate(1.5 hours)',
  'at(2026-11-24T10:00:00)',
  'cron(0 3 * * ?)',
  'cron(0 3 ? * MON *)',
  'cron(60 3 * * ? *)',
  'cron(0/0 3 * * ? *)',
  'cron(0 3 L * ? *)',
])('%s is not understood', (expression) => expect(parseExpression(expression)).toBeUndefined());
