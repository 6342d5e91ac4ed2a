import { expect, it } from 'vitest';
import { deploymentOf } from '#infra/deployment/context.ts';

const days = (given: unknown, stage = 'prod') =>
  deploymentOf((key) => ({ stage, auth: 'none', 'events.archiveDays': given })[key]).archiveDays;

it('is 30 where the context says nothing, and locally 0', () => {
  expect(days(undefined)).toBe(30);
  expect(days(undefined, 'local')).toBe(0);
});

it('is what the context says, from the CLI or cdk.json', () => {
  expect([days('7'), days(0), days(365)]).toEqual([7, 0, 365]);
});

it.each(['', 'all', -1, 1.5])('refuses %j', (given) => {
  expect(() => days(given)).toThrow('write how many days the archive keeps events');
});
