import * as semver from 'semver';
import type { Candidate } from './candidate.ts';
import { shown } from './errors.ts';
import { listed } from './suggest.ts';

/** The major versions of contracts, by which EventBridge tells events of one type apart. */
export const majorsOf = (versions: readonly string[]): readonly number[] =>
  [...new Set(versions.map((version) => semver.major(version)))].sort((a, b) => a - b);

/** A plugin publishes each event once for each major version, since the detail type holds no more of it. */
export function checkDetailTypes({ view, report }: Candidate): void {
  const known = new Map<string, string>();
  for (const { path, value } of view.publishes) {
    const detailType = `${value.type}.v${semver.major(value.version)}`;
    const other = known.get(detailType);
    known.set(detailType, other ?? value.version);
    if (other === undefined) continue;
    const allowed = `one version of ${detailType}, such as ${other}`;
    const fix = 'Keep the newer of the two: a minor version breaks nobody.';
    report('PLG221', { path: [...path, 'version'], given: shown(value.version), allowed, fix });
  }
}

/** Of several versions that are published side by side, code reads one: the queue of a subscription gets that alone. */
export function checkOneMajor(
  { report }: Candidate,
  { path, value }: Candidate['view']['subscribes'][number],
  versions: readonly string[],
): void {
  const majors = majorsOf(versions);
  if (majors.length < 2) return;
  const each = majors.map((major) => `"^${major}.0.0"`);
  report('PLG220', {
    path: [...path, 'version'],
    given: `${shown(value.version)}, which takes ${value.type} ${listed(versions)}`,
    allowed: 'a range of one major version, which is a contract of its own',
    fix: `Write one of ${each.join(', ')}, or a subscription for each.`,
  });
}
