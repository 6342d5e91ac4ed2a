import { defaultAlarmNames } from './alarms.ts';
import { DEPLOY_CHECK, movesInSteps } from './deploy.ts';
import type { Entry, ManifestView } from './view.ts';

/** A name in AWS that derives from the manifest, with the place it derives from. */
interface AwsName {
  readonly kind: 'function' | 'table' | 'queue' | 'schedule' | 'schedule group' | 'alarm';
  readonly name: string;
  readonly maxLength: number;
  readonly path: Entry<unknown>['path'];
}

/** Limits of AWS. */
const maxLengths = {
  function: 64,
  table: 255,
  queue: 80,
  schedule: 64,
  'schedule group': 64,
  alarm: 255,
} as const;

/** The physical names of everything that a plugin owns and that has a fixed name. */
export function awsNames(view: ManifestView, stage: string): AwsName[] {
  const prefix = `anineeplus-${stage}-${view.name}-`;
  const named = (kind: AwsName['kind'], path: AwsName['path'], suffix: string): AwsName => ({
    kind,
    path,
    name: prefix + suffix,
    maxLength: maxLengths[kind],
  });
  const schedules = view.schedules.map(({ key, path }) => named('schedule', path, key));
  const streams = view.tables.filter(({ value }) => value.stream);
  return [
    ...view.functions.map(({ key, path }) => named('function', path, key)),
    ...(view.strategy !== undefined && movesInSteps({ strategy: view.strategy })
      ? [named('function', ['deploy', 'strategy'], DEPLOY_CHECK)]
      : []),
    ...streams.slice(0, 1).map(({ path }) => named('function', [...path, 'stream', 'relay'], 'relay')),
    ...view.tables.map(({ key, path }) => named('table', path, key)),
    ...view.subscribes.flatMap(({ key, path }) => [
      named('queue', path, `${key}-dlq`),
      named('queue', path, key),
    ]),
    ...schedules,
    ...(schedules.length > 0
      ? [named('schedule group', ['schedules'], 'schedules'), named('queue', ['schedules'], 'schedules-dlq')]
      : []),
    ...defaultAlarmNames.map((key) => named('alarm', ['observability', 'defaults', key], key)),
    ...view.alarms.map(({ key, path }) => named('alarm', path, key)),
  ];
}
