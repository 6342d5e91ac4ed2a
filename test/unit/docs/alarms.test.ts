import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorOf } from '#infra/docs/markdown.ts';
import { declaredAlarmOf, sharedRunbookOf } from '#infra/manifest/alarm-rules.ts';
import { defaultAlarmNames, defaultAlarms } from '#infra/manifest/alarms.ts';
import { loadManifests } from '#infra/manifest/load.ts';
import { tableOf } from './markdown.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Whether a file has the heading that GitHub gives this anchor. */
function hasSection(runbook: string): boolean {
  const [file = '', anchor = ''] = runbook.split('#');
  return [...read(file).matchAll(/^#+ (.+)$/gm)].some(([, heading = '']) => anchorOf(heading) === anchor);
}

describe('the runbook', () => {
  it.each(defaultAlarmNames)('has a section on the alarm %s', (name) => {
    expect(hasSection(sharedRunbookOf(name))).toBe(true);
  });

  it('has a section on each alarm that a plugin of this project declares', async () => {
    const { plugins } = loadManifests(root);
    const runbooks = plugins.flatMap((plugin) =>
      Object.keys(plugin.manifest.observability.alarms).map(
        (key) => declaredAlarmOf(plugin, key)?.runbook ?? '',
      ),
    );
    expect(runbooks.length).toBeGreaterThan(4);
    expect(runbooks.filter((runbook) => !hasSection(runbook))).toEqual([]);
  });
});

describe('the guide', () => {
  it('lists the alarms that every plugin has, with their numbers', () => {
    const rows = tableOf(read('plugins/OBSERVABILITY.md'), ['alarm', 'goes off', 'metrics']);
    expect(rows.map(([name]) => name)).toEqual(defaultAlarmNames.map((name) => `\`${name}\``));
    for (const [name = '', when = ''] of rows) {
      const { threshold, periodMinutes, datapoints } = defaultAlarms[
        name.replaceAll('`', '') as never
      ] as (typeof defaultAlarms)['duration'];
      const [toAlarm, of] = datapoints as readonly number[];
      if (threshold > 1) expect(when).toContain(String(threshold));
      if (of !== 1) expect(when).toContain(`in ${toAlarm} of ${of}`);
      if (periodMinutes > 1 && name !== '`dead-letters`') expect(when).toContain(`${periodMinutes} minutes`);
    }
  });
});
