import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readRunbook } from '#infra/local/alarms/runbook.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'anineeplus-runbook-'));
  const lines = [
    '# Alarms',
    '',
    '## Alarm `too-slow`, or not?',
    'One.',
    '### More',
    'Two.',
    '## Next',
    'Three.',
  ];
  writeFileSync(join(root, 'GUIDE.md'), lines.join('\n'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('is the section of a heading with what is below it', async () => {
  const text = '## Alarm `too-slow`, or not?\nOne.\n### More\nTwo.';
  expect(await readRunbook(root, 'GUIDE.md#alarm-too-slow-or-not')).toBe(text);
  expect(await readRunbook(root, 'GUIDE.md#next')).toBe('## Next\nThree.');
});

it('is the whole file without an anchor', async () => {
  expect(await readRunbook(root, 'GUIDE.md')).toMatch(/^# Alarms\n[^]*Three\.$/);
});

it('is nothing where there is no such section or file', async () => {
  expect(await readRunbook(root, 'GUIDE.md#other')).toBeUndefined();
  expect(await readRunbook(root, 'NONE.md#next')).toBeUndefined();
});

it('is there for every alarm that each plugin has', async () => {
  const { defaultAlarms } = await import('#infra/manifest/alarms.ts');
  const { sharedRunbookOf } = await import('#infra/manifest/alarm-rules.ts');
  for (const name of [...Object.keys(defaultAlarms), 'declared', 'api-errors', 'config-backup'])
    expect(await readRunbook(process.cwd(), sharedRunbookOf(name)), name).toMatch(`### Alarm ${name}\n`);
});
