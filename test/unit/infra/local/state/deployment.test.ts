import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDeployment, prepareStateDir, resetState } from '#infra/local/state/state-dir.ts';

it('a state folder is one deployment until it is reset, and no other folder is the same', () => {
  const folder = () => mkdtempSync(join(tmpdir(), 'anineeplus-'));
  const [one, other] = [folder(), folder()];
  const name = openDeployment(one);
  prepareStateDir(one);
  expect(openDeployment(one)).toBe(name);
  expect(openDeployment(other)).not.toBe(name);
  resetState(one);
  expect(openDeployment(one)).not.toBe(name);
});
