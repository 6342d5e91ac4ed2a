import * as semver from 'semver';
import { names } from '#infra/deployment/deployment.ts';
import { platformEvents } from '#infra/manifest/platform-events.ts';
import type { LoadedPlugin } from '#infra/manifest/types.ts';

/**
 * Who publishes what a subscription wants, as an EventBridge pattern names it: only the sources of plugins whose
 * manifest declares the event count, so that no other plugin can feed it.
 */
export function publishersOf(
  wanted: { readonly type: string; readonly version: string },
  plugins: readonly LoadedPlugin[],
  stage: string,
): { readonly sources: readonly string[]; readonly detailTypes: readonly string[] } {
  const publishers = [
    ...plugins.map(({ manifest: { name, events } }) => ({ name, publishes: events.publishes })),
    { name: 'platform', publishes: platformEvents },
  ];
  const published = publishers.flatMap(({ name, publishes }) =>
    publishes
      .filter(({ type, version }) => type === wanted.type && semver.satisfies(version, wanted.version))
      .map(({ type, version }) => ({
        source: names.eventSource(stage, name),
        detailType: `${type}.v${semver.major(version)}`,
      })),
  );
  if (published.length === 0) {
    // Only in a local run, while the publisher is broken: the queue is there, and who publishes becomes known later.
    const major = semver.minVersion(wanted.version)?.major ?? 1;
    return { sources: [], detailTypes: [`${wanted.type}.v${major}`] };
  }
  return {
    sources: [...new Set(published.map(({ source }) => source))].sort(),
    detailTypes: [...new Set(published.map(({ detailType }) => detailType))].sort(),
  };
}
