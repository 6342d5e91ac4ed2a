import { nearest } from '#runtime/nearest.ts';

/** `Write "x".` for a near name, else the given advice. */
export function suggestion(given: string, known: readonly string[], otherwise: string): string {
  const name = nearest(given, known);
  return name === undefined ? otherwise : `Write "${name}".`;
}

/** Names for the reader, shortened when there are many. */
export function listed(names: Iterable<string>): string {
  const all = [...names];
  if (all.length === 0) return 'none';
  return all.length > 24 ? `${all.slice(0, 24).join(', ')}, ...` : all.join(', ');
}
