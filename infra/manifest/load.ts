import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { checkAcrossManifests } from './cross-manifest-checks.ts';
import { type Candidate, candidateOf, checkSchema } from './candidate.ts';
import { type ContractRef, readContracts } from './contracts.ts';
import { discover, sourceOf } from './discovery.ts';
import { valueAt } from './document.ts';
import { dependencyOrder } from './graph.ts';
import { readHostSettings, unknownNames } from './host-settings.ts';
import { checkManifest } from './manifest-checks.ts';
import { manifestSchema } from './schema.ts';
import { bySeniority, keeperOfName } from './seniority.ts';
import { checkNameConflicts } from './name-conflicts.ts';
import type { LoadedPlugin, ManifestError, ManifestSet } from './types.ts';

export type { ErrorCode } from './codes.ts';
export type { ContractRef } from './contracts.ts';
export type { Manifest } from './schema.ts';
export type * from './types.ts';

const packageFile = join(import.meta.dirname, '..', '..', 'package.json');

/** The version that `engine` ranges are checked against. */
export const PLATFORM_VERSION = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(packageFile, 'utf8'))).version;

interface LoadOptions {
  /** The event catalogue; what `events/schemas` of the root directory holds when left out. */
  readonly contracts?: readonly ContractRef[];
  /** Part of the names in AWS, whose length is checked; `local` when left out. */
  readonly stage?: string;
  readonly platformVersion?: string;
  /** Absolute path of a manifest that is checked beside those that are found, before its plugin is put in place. */
  readonly planned?: string;
}

/** Reads and checks every manifest. Never throws because of a manifest: all errors of all plugins are in the result. */
export function loadManifests(rootDir: string, options: LoadOptions = {}): ManifestSet {
  const root = resolve(rootDir);
  const { stage = 'local', platformVersion = PLATFORM_VERSION, planned } = options;
  const contracts = options.contracts ?? readContracts(root);
  const host = readHostSettings(root);
  const discovery = discover(root, host);
  const sources = [...discovery.sources, ...(planned === undefined ? [] : [sourceOf(root, planned, false)])];
  const candidates = sources.map((source) => candidateOf(root, source));
  for (const candidate of candidates.filter(({ readable }) => readable)) {
    checkSchema(candidate);
    checkManifest(candidate, root, stage);
  }
  const byName = uniqueByName(candidates);
  const senior = bySeniority([...byName.values()]);
  checkNameConflicts(senior, stage);
  checkAcrossManifests(byName, { platformVersion, contracts, host: host.settings });
  const order = checkCycles(byName);
  reportDependents(byName);
  return {
    ...manifestSetOf(candidates, order, [
      ...host.errors,
      ...discovery.errors,
      ...unknownNames(host, statementsByPlugin(byName)),
    ]),
    refused: [...byName.values()]
      .filter(({ errors, readable }) => errors.length > 0 && readable)
      .flatMap(loadedFrom),
    order: senior.map(({ name }) => name),
  };
}

/** The names of the IAM statements of each plugin, also of those that are not valid. */
function statementsByPlugin(candidates: ReadonlyMap<string, Candidate>) {
  return new Map(
    [...candidates].map(([name, { readable, document }]) => {
      const byFunction = valueAt(document.value, ['iam']) ?? {};
      const all = Object.values(byFunction).flat();
      const sids = all.map((statement: unknown) => String(valueAt(statement, ['sid'])));
      return [name, { statements: readable ? [...new Set(sids)] : undefined }] as const;
    }),
  );
}

function loadedFrom({ document, file, root }: Candidate): readonly LoadedPlugin[] {
  const { data } = manifestSchema.safeParse(document.value);
  return data ? [{ manifest: data, file, root }] : [];
}

/** One plugin of a name keeps it; the others are left out of the further checks, which would repeat the conflict. */
function uniqueByName(candidates: readonly Candidate[]): Map<string, Candidate> {
  const byName = new Map<string, Candidate>();
  for (const [name, namesakes] of Map.groupBy(candidates, (candidate) => candidate.name)) {
    const keeper = keeperOfName(namesakes);
    if (!keeper) continue;
    byName.set(name, keeper);
    for (const other of namesakes.filter((namesake) => namesake !== keeper)) {
      const place = `${keeper.file}:${keeper.document.lineOf(['name'])}`;
      const fix = other.packaged
        ? `Take "${other.label}" out of anineeplus.plugins, or rename the other plugin.`
        : 'Rename or remove this one; the other keeps the name.';
      other.report('PLG201', { path: ['name'], allowed: `a name other than that of ${place}`, fix });
    }
  }
  return byName;
}

/** Reports each cycle once, for every plugin on it. @returns the names in dependency order */
function checkCycles(candidates: ReadonlyMap<string, Candidate>): readonly string[] {
  const graph = [...candidates.values()].map(
    ({ name, view }) => [name, view.dependencies.map(({ key }) => key)] as const,
  );
  const { order, cycles } = dependencyOrder(new Map(graph));
  for (const cycle of cycles) {
    const [first, second, ...rest] = cycle.map((name) => candidates.get(name));
    if (!first || !second) continue;
    const error = first.report('PLG211', {
      path: ['dependencies', second.name],
      given: cycle.join(' -> '),
      allowed: 'dependencies that lead nowhere back',
      fix: 'Remove one of these dependencies; an event can often replace it.',
    });
    for (const member of new Set([second, ...rest])) {
      if (member && member !== first) member.errors.push(error);
    }
  }
  return order;
}

/** Reports every plugin whose dependency has errors, until there are no more of them. */
function reportDependents(candidates: ReadonlyMap<string, Candidate>): void {
  let foundMore = true;
  while (foundMore) {
    foundMore = false;
    for (const { errors, view, report } of candidates.values()) {
      if (errors.length > 0) continue;
      for (const { key, path } of view.dependencies.filter(({ value }) => !value.optional)) {
        const reason = candidates.get(key)?.errors[0];
        if (!reason) continue;
        const given = `${key}, which has ${reason.code} in ${reason.file}:${reason.line}`;
        report('PLG212', { path, given, allowed: 'a valid plugin', fix: `Correct "${key}" first.` });
        foundMore = true;
      }
    }
  }
}

function manifestSetOf(
  candidates: readonly Candidate[],
  order: readonly string[],
  unowned: readonly ManifestError[],
): Pick<ManifestSet, 'plugins' | 'broken' | 'errors' | 'warnings'> {
  const valid = candidates.filter(({ errors }) => errors.length === 0);
  const broken = candidates.filter(({ errors }) => errors.length > 0);
  const all = new Set([...unowned, ...candidates.flatMap(({ errors }) => errors)]);
  return {
    plugins: valid.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name)).flatMap(loadedFrom),
    broken: broken.map(({ name, file, errors }) => ({ name, file, errors: errors.toSorted(inReadingOrder) })),
    errors: [...all].toSorted(inReadingOrder),
    warnings: valid.flatMap(({ warnings }) => warnings).toSorted(inReadingOrder),
  };
}

function inReadingOrder(a: ManifestError, b: ManifestError): number {
  return a.file.localeCompare(b.file) || a.line - b.line;
}
