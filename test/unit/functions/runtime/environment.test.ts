import { describe, expect, it } from 'vitest';
import { readEnvironment } from '#runtime/environment.ts';

const HOUR_MS = 3_600_000;

/** How far the clock of a function with these variables is ahead, in whole minutes. */
function aheadMinutes(variables: Readonly<Record<string, string>>): number {
  return Math.round((readEnvironment(variables).now().getTime() - Date.now()) / 60_000);
}

it.each([
  ['follows the moved clock on the stage local', { ANINEEPLUS_STAGE: 'local' }, 60],
  ['stays on wall time on another stage', { ANINEEPLUS_STAGE: 'prod' }, 0],
  ['stays on wall time where the stage is not written out', {}, 0],
])('%s', (_, stage, minutes) => {
  expect(aheadMinutes({ ...stage, ANINEEPLUS_CLOCK_OFFSET_MS: String(HOUR_MS) })).toBe(minutes);
});

it.each(['-3600000', 'soon', '', '1e400'])('does not take the offset %j', (offset) => {
  expect(aheadMinutes({ ANINEEPLUS_STAGE: 'local', ANINEEPLUS_CLOCK_OFFSET_MS: offset })).toBe(0);
});

describe('the name of a deployment', () => {
  const nameOf = (stage: string, identity?: string) =>
    readEnvironment({
      ANINEEPLUS_STAGE: stage,
      ...(identity !== undefined && { ANINEEPLUS_DEPLOYMENT: identity }),
    }).deployment;

  it('is the same every time, and tells stages, accounts and regions apart', () => {
    const names = [
      nameOf('prod', '111111111111/eu-west-1'),
      nameOf('prod', '111111111111/eu-west-2'),
      nameOf('prod', '222222222222/eu-west-1'),
      nameOf('test', '111111111111/eu-west-1'),
      nameOf('prod'),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(nameOf('prod', '111111111111/eu-west-1')).toBe(names[0]);
  });

  it('begins with the stage, shows no account, and fits behind an id in 64 characters', () => {
    const longest = nameOf('a234567890123456', '111111111111/eu-west-1');
    expect(longest).toMatch(/^a234567890123456-[0-9a-f]{10}$/);
    expect(`cus_${'0'.repeat(26)}.${longest}`.length).toBeLessThanOrEqual(64);
  });
});
