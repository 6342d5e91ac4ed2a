import type { Manifest } from '#infra/manifest/schema.ts';
import { throttleText } from '../output/throttle.ts';
import type { Change } from './change.ts';
import { differingLeaves } from './members.ts';
import { permissionChanges } from './permissions.ts';

/** Everything that differs between two versions of a manifest; one of them may not be there at all. */
export function compareManifests(
  before: Manifest | undefined,
  after: Manifest | undefined,
): readonly Change[] {
  return [
    ...permissionChanges(before, after),
    ...operationChanges(before, after),
    ...webhookChanges(before, after),
    ...eventChanges(before, after),
    ...configChanges(before, after),
    ...(before && after ? otherChanges(before, after) : []),
  ];
}

type Entries<T> = Readonly<Record<string, T>>;

/** What a member is called, and what there is to say of it, each aspect by its name. */
interface Described {
  readonly what: string;
  /** What the removal leaves behind. */
  readonly leaves?: string;
  readonly aspects: Readonly<Record<string, string>>;
}

/** Changes for each member that is new or gone, and for each aspect of it that differs. */
function memberChanges<T>(
  area: Change['area'],
  [before = {}, after = {}]: readonly [Entries<T> | undefined, Entries<T> | undefined],
  describe: (name: string, member: T) => Described,
): readonly Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): Change[] => {
    const [old, now] = [before[name], after[name]].map((one) => one && describe(name, one));
    if (old && now) {
      return Object.entries(now.aspects)
        .filter(([aspect, value]) => value !== old.aspects[aspect])
        .map(([aspect, value]) => ({
          area,
          effect: 'changed',
          text: `${now.what}: ${aspect} ${value}; before: ${old.aspects[aspect]}`,
        }));
    }
    const one = now ?? old;
    if (!one) return [];
    const aspects = Object.entries(one.aspects).map(([aspect, value]) => `${aspect} ${value}`);
    const text = [one.what, ...aspects].join(', ');
    const left = now === undefined && one.leaves !== undefined ? `. ${one.leaves}` : '';
    return [{ area, effect: now ? 'added' : 'removed', text: text + left }];
  });
}

function operationChanges(before: Manifest | undefined, after: Manifest | undefined): readonly Change[] {
  return memberChanges('ways in', [before?.operations, after?.operations], (name, operation) => {
    const { http, graphql, scope, expose } = operation;
    const limit = http?.throttle ? ` (${throttleText(http.throttle)})` : '';
    const ways = [
      http && `${http.method} ${http.path}${limit}`,
      graphql && `${graphql.kind} ${graphql.field}`,
    ];
    const at = ways.filter((way) => way !== undefined).join(' and ') || 'no route';
    return {
      what: `operation ${name}`,
      aspects: { at, scope, for: expose === 'public' ? 'clients' : 'other plugins alone' },
    };
  });
}

function webhookChanges(before: Manifest | undefined, after: Manifest | undefined): readonly Change[] {
  return memberChanges('ways in', [before?.webhooks, after?.webhooks], (name, { path, maxBodyBytes }) => ({
    what: `webhook ${name}`,
    aspects: { at: path, 'up to': `${maxBodyBytes} bytes` },
  }));
}

function eventChanges(before: Manifest | undefined, after: Manifest | undefined): readonly Change[] {
  const published = (manifest: Manifest | undefined) =>
    manifest &&
    Object.fromEntries(manifest.events.publishes.map((one) => [`${one.type} ${one.version}`, one]));
  return [
    ...memberChanges('events', [published(before), published(after)], (event) => ({
      what: `publishes ${event}`,
      aspects: {},
    })),
    ...memberChanges(
      'events',
      [before?.events.subscribes, after?.events.subscribes],
      (name, { type, version, function: key, filter }) => ({
        what: `subscription ${name}`,
        leaves:
          'Its queue and dead-letter queue stay, with what waits in them, and nothing reads them any more: drain them first',
        aspects: { to: `${type} ${version}`, by: key, filter: filter ? JSON.stringify(filter) : 'none' },
      }),
    ),
  ];
}

function configChanges(before: Manifest | undefined, after: Manifest | undefined): readonly Change[] {
  const config = (manifest: Manifest | undefined) =>
    manifest?.config ? { config: manifest.config } : undefined;
  return memberChanges('config', [config(before), config(after)], (_, { version, envPrefix }) => ({
    what: 'configuration',
    aspects: { version: String(version), variables: `${envPrefix}_*` },
  }));
}

/** Members that have no words of their own, each by its path. */
function otherChanges(before: Manifest, after: Manifest): readonly Change[] {
  const rest = (manifest: Manifest): object => {
    const {
      permissions: _p,
      iam: _i,
      operations: _o,
      webhooks: _w,
      events: _e,
      config: _c,
      $schema: _s,
      ...others
    } = manifest;
    return others;
  };
  return differingLeaves(rest(before), rest(after)).map(({ path, before: old, after: now }): Change => {
    if (old === undefined) return { area: 'other', effect: 'added', text: `${path} is ${now}` };
    if (now === undefined) return { area: 'other', effect: 'removed', text: `${path} was ${old}` };
    return { area: 'other', effect: 'changed', text: `${path} is ${now}; before: ${old}` };
  });
}
