import { posix } from 'node:path';
import { type Source, targetsOf } from './imports.ts';

/**
 * The folders and files below a folder, lowest first: each may import itself and what stands before it, nothing
 * that stands after it. A deeper path (`store/memory`) takes its files out of the folder they lie in, and `*` as its
 * first name stands for every folder: what it matches is one part, whose files may import each other.
 */
export type ImportOrder = readonly string[];

/** Imports between the parts of a folder go down its order, and the order names all its code and nothing else. */
export const importsFollow =
  (orders: Readonly<Record<string, ImportOrder>>) =>
  (sources: readonly Source[]): readonly string[] =>
    Object.entries(orders).flatMap(([root, order]) => violations(root, order, sources));

function violations(root: string, order: ImportOrder, sources: readonly Source[]): string[] {
  const inside = sources.filter(({ path }) => path.startsWith(`${root}/`));
  const partOf = (path: string) => partWith(posix.relative(root, path), order);
  const placed = inside.flatMap((source) => {
    const part = partOf(source.path);
    if (part === undefined) return [`${source.path} is not in the order of ${root}`];
    return targetsOf(source)
      .filter((target) => order.indexOf(partOf(target) ?? part) > order.indexOf(part))
      .map(
        (target) => `${source.path} (${part}) imports ${target} (${partOf(target)}), which comes after it`,
      );
  });
  const parts = new Set(inside.map(({ path }) => partOf(path)));
  return [
    ...placed,
    ...order.filter((part) => !parts.has(part)).map((part) => `${root} has no code in ${part}`),
  ];
}

/** The most exact part that a path lies in: the one with the most folders. */
function partWith(path: string, order: ImportOrder): string | undefined {
  return order.filter((part) => isWithin(path, part)).toSorted((a, b) => depthOf(b) - depthOf(a))[0];
}

function isWithin(path: string, part: string): boolean {
  const names = path.split('/');
  return part.split('/').every((name, index) => name === names[index] || (name === '*' && index in names));
}

const depthOf = (part: string): number => part.split('/').length;
