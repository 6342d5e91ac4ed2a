import { expect, it } from 'vitest';
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
