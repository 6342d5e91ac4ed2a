import { expect, it } from 'vitest';
import { isCron } from '#infra/manifest/schedules.ts';

it.each([
  '0 3 * * ? *',
  '0/15 * * * ? *',
  '*/5 8-18 ? * 2-6 *',
  '30 0,12 1,15 1-12/3 ? 2026-2030',
  '59 23 31 12 ? 2199',
])('takes the cron expression %j', (expression) => expect(isCron(expression)).toBe(true));

it.each([
  ['five fields', '0 3 * * ?'],
  ['seven fields', '0 0 3 * * ? *'],
  ['two days', '0 3 * * * *'],
  ['no day', '0 3 ? * ? *'],
  ['a question mark for the hour', '0 ? * * ? *'],
  ['a minute too many', '60 3 * * ? *'],
  ['Sunday as 0', '0 3 ? * 0 *'],
  ['a name', '0 3 ? * MON *'],
  ['the last day of the month', '0 3 L * ? *'],
  ['a range backwards', '0 18-8 * * ? *'],
  ['a step of nothing', '0/0 3 * * ? *'],
  ['an empty part', '0,,5 3 * * ? *'],
  ['a year before 1970', '0 3 * * ? 1969'],
  ['nothing', ''],
])('does not take one with %s', (_, expression) => expect(isCron(expression)).toBe(false));
