import { expect, it } from 'vitest';
import { deploymentOf } from '#infra/deployment/context.ts';

const deployment = (backupKey: unknown) =>
  deploymentOf((key) => (key === 'config.backupKey' ? backupKey : undefined));

it('takes the public key of backups, or none', () => {
  const key = '8r104hZOMyD7bnjt9coKvwVAt8IxYUcKF4opY5Y-WDI';
  expect(deployment(key).backupKey).toBe(key);
  expect(deployment(undefined).backupKey).toBeUndefined();
});

it.each([
  ['no text', true],
  ['empty', ''],
  ['too short', '8r104hZOMyD7bnjt9coKvwVAt8IxYUcKF4opY5Y-WD'],
  ['not the end of 32 bytes', '8r104hZOMyD7bnjt9coKvwVAt8IxYUcKF4opY5Y-WDJ'],
  ['a private key', '{"kty":"OKP"}'],
])('refuses what is %s, saying how to make one', (_, given) => {
  expect(() => deployment(given)).toThrow('npm run config -- backup-key');
});
