import { platformEvents } from './platform-events.ts';
import * as semver from 'semver';
import { nearest } from '#runtime/nearest.ts';
import { checkCallChains } from './call-chains.ts';
import type { Candidate } from './candidate.ts';
import type { ContractRef } from './contracts.ts';
import { valueAt } from './document.ts';
import { shown } from './errors.ts';
import type { HostSettings } from './host-settings.ts';
import { checkOneMajor } from './event-versions.ts';
import { checkIamAllowed } from './iam-checks.ts';
import { parsePermission } from './permissions.ts';
import { listed, suggestion } from './suggest.ts';

interface CrossManifestOptions {
  readonly platformVersion: string;
  /** The event catalogue; without it, publications are not checked against contracts. */
  readonly contracts: readonly ContractRef[] | undefined;
  readonly host: HostSettings;
}

type Candidates = ReadonlyMap<string, Candidate>;

const inRange = (version: string, range: string) =>
  semver.satisfies(version, range, { includePrerelease: true });

/** The checks that need all manifests, the platform's version and the event catalogue. */
export function checkAcrossManifests(
  candidates: Candidates,
  { platformVersion, contracts, host }: CrossManifestOptions,
): void {
  for (const candidate of candidates.values()) {
    checkEngine(candidate, platformVersion, host);
    checkIamAllowed(candidate, host);
    checkDependencies(candidate, candidates);
    checkCalls(candidate);
    if (contracts) checkPublications(candidate, contracts);
  }
  checkCallChains(candidates);
  // Last, because a publication with an error still counts for the subscribers of its event.
  for (const candidate of candidates.values()) checkSubscriptions(candidate, candidates);
}

/** A plugin that the project names is taken all the same: whoever does so has tested it. */
function checkEngine(
  { name, view, report, warn }: Candidate,
  platformVersion: string,
  { ignoreEngine }: HostSettings,
): void {
  if (view.engine === undefined || inRange(platformVersion, view.engine)) return;
  const path = ['engine'];
  const allowed = `a range with ${platformVersion}, the version of this platform`;
  const fix = 'Use a version of the plugin that fits the platform';
  const setting = 'anineeplus.ignoreEngine in package.json';
  if (!ignoreEngine.includes(name)) {
    report('PLG207', { path, allowed, fix: `${fix}, or test this one and add "${name}" to ${setting}.` });
    return;
  }
  const given = `${shown(view.engine)}; "${name}" is taken all the same, because ${setting} names it`;
  warn('PLG207', { path, given, allowed, fix: `${fix}, and take it out of ${setting}.` });
}

function checkDependencies({ view, report }: Candidate, candidates: Candidates): void {
  for (const { key, path, value } of view.dependencies) {
    const other = candidates.get(key);
    if (!other) {
      if (value.optional) continue;
      const known = [...candidates.keys()].filter((name) => name !== view.name);
      const fix = suggestion(key, known, `Add the plugin "${key}", or remove the dependency.`);
      report('PLG208', { path, given: shown(key), allowed: listed(known), fix });
      continue;
    }
    const { version, declared } = other.view;
    if (version !== undefined && !inRange(version, value.version)) {
      const fix = `Work with ${key} ${version}, or change its version.`;
      report('PLG209', { path: [...path, 'version'], allowed: `a range with ${version}`, fix });
    }
    for (const [index, name] of value.operations.entries()) {
      if (declared.operations.includes(name) || !other.readable) continue;
      const fix = suggestion(name, declared.operations, 'Remove it.');
      report('PLG210', { path: [...path, 'operations', index], allowed: listed(declared.operations), fix });
    }
  }
}

function checkCalls({ view, document, report }: Candidate): void {
  const covered = new Map(view.dependencies.map(({ key, value }) => [key, value.operations]));
  for (const { path, value } of view.permissions) {
    const permission = parsePermission(value);
    if (permission?.kind !== 'call') continue;
    const { plugin, operation } = permission;
    const declared = valueAt(document.value, ['dependencies', plugin]) !== undefined;
    const operations = covered.get(plugin);
    if (declared && (!operations || operations.includes(operation))) continue;
    const allowed = listed([...covered].flatMap(([name, all]) => all.map((one) => `call:${name}.${one}`)));
    const fix = declared
      ? suggestion(operation, operations ?? [], `Add "${operation}" to dependencies.${plugin}.operations.`)
      : `Add "${plugin}" with the operation "${operation}" to dependencies.`;
    report('PLG213', { path, allowed, fix });
  }
}

function checkSubscriptions(candidate: Candidate, candidates: Candidates): void {
  const { view, report } = candidate;
  const all = [...candidates.values()];
  const published = [
    ...all.flatMap((other) => other.view.publishes.map((entry) => entry.value)),
    ...platformEvents,
  ];
  for (const { path, value, key } of view.subscribes) {
    const versions = published.filter(({ type }) => type === value.type).map(({ version }) => version);
    const taken = versions.filter((version) => inRange(version, value.version));
    checkOneMajor(candidate, { path, value, key }, taken);
    if (taken.length > 0) continue;
    if (all.some((other) => mayPublish(other, value.type))) continue;
    const types = [...new Set(published.map(({ type }) => type))];
    const unknown = versions.length === 0;
    report('PLG214', {
      path: [...path, unknown ? 'type' : 'version'],
      allowed: unknown ? listed(types) : `a range with ${listed(versions)}`,
      fix: unknown
        ? suggestion(value.type, types, 'Add the plugin that publishes it.')
        : `Work with version ${listed(versions)} of ${value.type}.`,
    });
  }
}

/** Whether the type stands in a part of a manifest that has a mistake, or in a file that could not be read whole. */
function mayPublish({ document, errors, readable }: Candidate, type: string): boolean {
  if (!readable) return true;
  const wrong = new Set(errors.map(({ path }) => path.split('/')[1] ?? ''));
  return [...wrong].some((part) => mentions(valueAt(document.value, [part]), type));
}

function mentions(value: unknown, text: string): boolean {
  if (typeof value === 'object' && value !== null) {
    return Object.values(value).some((member) => mentions(member, text));
  }
  return value === text;
}

function checkPublications({ view, report }: Candidate, contracts: readonly ContractRef[]): void {
  for (const { path, value } of view.publishes) {
    const versions = contracts.filter(({ type }) => type === value.type).map(({ version }) => version);
    if (versions.includes(value.version)) continue;
    const types = [...new Set(contracts.map(({ type }) => type))];
    const near = nearest(value.type, types);
    if (versions.length > 0) {
      const allowed = listed(versions);
      report('PLG215', { path: [...path, 'version'], allowed, fix: `Write "${versions[0] ?? ''}".` });
    } else {
      const fix = near ? `Write "${near}".` : 'Add its contract to the event catalogue.';
      report('PLG215', { path: [...path, 'type'], allowed: listed(types), fix });
    }
  }
}
