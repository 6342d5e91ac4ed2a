/** What `dependencyOrder` found; each cycle starts and ends with the same name. */
interface DependencyOrder {
  /** Every name, each after those it depends on as far as the cycles allow. */
  readonly order: readonly string[];
  readonly cycles: readonly (readonly string[])[];
}

/** Sorts names so that dependencies come first; names that are not keys of the graph are left out. */
export function dependencyOrder(graph: ReadonlyMap<string, readonly string[]>): DependencyOrder {
  const order: string[] = [];
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    if (done.has(name) || !graph.has(name)) return;
    const start = trail.indexOf(name);
    if (start >= 0) {
      cycles.push([...trail.slice(start), name]);
      return;
    }
    for (const next of [...(graph.get(name) ?? [])].sort()) visit(next, [...trail, name]);
    done.add(name);
    order.push(name);
  };
  for (const name of [...graph.keys()].sort()) visit(name, []);
  return { order, cycles };
}
