import { closest, distance } from 'fastest-levenshtein';

/** The known name that was probably meant, if any is near enough. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const byLowerCase = new Map(known.map((name) => [name.toLowerCase(), name]));
  const lower = given.toLowerCase();
  const best = closest(lower, [...byLowerCase.keys()]);
  const near = distance(lower, best) <= Math.max(2, Math.floor(given.length / 3));
  return near ? byLowerCase.get(best) : undefined;
}

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
