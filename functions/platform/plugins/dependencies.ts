import type { Directory, DirectoryPlugin } from '../data.ts';

const requiredBy = (plugin: DirectoryPlugin): string[] =>
  plugin.dependencies.filter(({ optional }) => !optional).map(({ name }) => name);

/** The direct and transitive dependencies of a plugin, each after its own dependencies. */
export function dependenciesOf(directory: Directory, name: string): string[] {
  return closure(name, (at) => {
    const plugin = directory.plugins.find((candidate) => candidate.name === at);
    return plugin ? requiredBy(plugin) : [];
  });
}

/** The direct and transitive dependents of a plugin, each after its own dependents. */
export function dependentsOf(directory: Directory, name: string): string[] {
  return closure(name, (at) =>
    directory.plugins.filter((plugin) => requiredBy(plugin).includes(at)).map((plugin) => plugin.name),
  );
}

/** Depth first, children before their parent; without the start itself. */
function closure(start: string, next: (name: string) => readonly string[]): string[] {
  const seen = new Set<string>([start]);
  const ordered: string[] = [];
  const visit = (name: string): void => {
    for (const child of next(name)) {
      if (seen.has(child)) continue;
      seen.add(child);
      visit(child);
      ordered.push(child);
    }
  };
  visit(start);
  return ordered;
}
