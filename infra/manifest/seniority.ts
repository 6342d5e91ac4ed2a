import type { Candidate } from './candidate.ts';

/**
 * Sorts plugins by their claim to a name: of two in conflict the later one is refused. Plugins of the project and their
 * dependencies come before other npm packages, then plugins with more dependents, then the order of discovery. A
 * dependency always comes before its dependents, since their dependents are its own too.
 */
export function bySeniority(candidates: readonly Candidate[]): readonly Candidate[] {
  const direct = new Map(candidates.map((one) => [one.name, foundationsOf(one, candidates)]));
  const all = new Map(candidates.map(({ name }) => [name, reachable(name, direct)]));
  const builders = (name: string, among: readonly Candidate[]) =>
    among.filter((other) => other.name !== name && all.get(other.name)?.has(name)).length;
  const project = candidates.filter(({ packaged }) => !packaged);
  const ranked = candidates.map((candidate) => ({
    candidate,
    foreign: Number(candidate.packaged && builders(candidate.name, project) === 0),
    builders: builders(candidate.name, candidates),
  }));
  return ranked
    .toSorted((a, b) => a.foreign - b.foreign || b.builders - a.builders)
    .map(({ candidate }) => candidate);
}

/** What a plugin depends on, and who publishes what it subscribes to. */
function foundationsOf({ view }: Candidate, candidates: readonly Candidate[]): readonly string[] {
  const publishers = view.subscribes.flatMap(({ value: { type } }) => {
    const all = candidates.filter((other) => other.view.publishes.some(({ value }) => value.type === type));
    // An event is named after the plugin it is of; another one that publishes it has the weaker claim.
    const owner = all.find(({ name }) => type.startsWith(`${name}.`));
    return (owner ? [owner] : all).map(({ name }) => name);
  });
  return [...view.dependencies.map(({ key }) => key), ...publishers];
}

function reachable(start: string, edges: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set(edges.get(start));
  for (const name of seen) for (const next of edges.get(name) ?? []) seen.add(next);
  return seen;
}

/**
 * Which of several plugins with one name keeps it: one of the project before a package, then one whose folder has the
 * name, then the first found.
 */
export function keeperOfName(candidates: readonly Candidate[]): Candidate | undefined {
  const hasFolderName = ({ root, name }: Candidate) => root.split('/').at(-1) === name;
  return candidates.toSorted(
    (a, b) => Number(a.packaged) - Number(b.packaged) || Number(hasFolderName(b)) - Number(hasFolderName(a)),
  )[0];
}
