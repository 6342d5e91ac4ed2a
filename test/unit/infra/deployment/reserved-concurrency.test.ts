import { expect, it } from 'vitest';
import { deploymentOf } from '#infra/deployment/context.ts';

const deployment = (given: unknown) =>
  deploymentOf((key) => (key === 'lambda.reservedConcurrency' ? given : undefined));

it('is reserved unless the context writes out that the account cannot', () => {
  expect(deployment(undefined).reservesConcurrency).toBe(true);
  expect(deployment('none').reservesConcurrency).toBe(false);
});

it.each([true, 5, ''])('refuses %j', (given) => {
  expect(() => deployment(given)).toThrow('leave it out, or write out "none"');
});
