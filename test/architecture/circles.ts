import { type Source, targetsOf } from './imports.ts';

/** Files each of which imports, over others of them, itself. */
export type Circle = readonly string[];

/** The circles of imports between some files, each as the sorted paths of all its files. */
export function circlesOf(sources: readonly Source[]): readonly Circle[] {
  const imports = new Map(sources.map((source) => [source.path, targetsOf(source)]));
  const reachable = new Map([...imports.keys()].map((path) => [path, reachableFrom(path, imports)]));
  const reaches = (from: string, to: string) => reachable.get(from)?.has(to) === true;
  const circular = [...imports.keys()].filter((path) => reaches(path, path)).sort();
  const circles = circular.map((path) =>
    circular.filter((other) => reaches(path, other) && reaches(other, path)),
  );
  return circles.filter(([first], index) => first === circular[index]);
}

function reachableFrom(path: string, imports: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [path];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const target of imports.get(next) ?? [])
      if (!reached.has(target)) {
        reached.add(target);
        open.push(target);
      }
  return reached;
}

const isProduct = ({ path }: Source) => !path.startsWith('test/');

/** No product code imports itself, `import type` included. */
export const noCircles = (sources: readonly Source[]): readonly string[] =>
  circlesOf(sources.filter(isProduct)).map((circle) => `circle of imports: ${circle.join(', ')}`);
