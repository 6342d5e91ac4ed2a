import { expect, it } from 'vitest';
import { deploymentOf } from '#infra/deployment/context.ts';

const deployment = (secretOverrides: unknown) =>
  deploymentOf((key) => (key === 'config.secretOverrides' ? secretOverrides : undefined));

it('lets variables set secret values only where it is written out', () => {
  expect(deployment(undefined).secretOverrides).toBe(false);
  expect(deployment('allow').secretOverrides).toBe(true);
});

it.each([true, 'yes', ''])('refuses %j', (given) => {
  expect(() => deployment(given)).toThrow('leave it out, or write out "allow"');
});
