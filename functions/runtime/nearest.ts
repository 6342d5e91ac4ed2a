import { distance } from 'fastest-levenshtein';

/** Longer names are not compared: they are no typing mistakes, and comparing costs time. */
const LENGTH_MAX = 100;
/** Cost of a name that is part of another, e.g. `plan` of `planId`: between one mistyped character and two. */
const CONTAINED = 1.5;
const CONTAINED_LENGTH_MIN = 3;

/**
 * The known name that was probably meant, if any is near enough: the same letters and digits in another case or
 * with other separators (`plan_id`), a few mistyped characters, or a part of the name (`plan` for `planId`).
 */
export function nearest(given: string, known: Iterable<string>): string | undefined {
  if (given.length > LENGTH_MAX) return undefined;
  let best: { readonly name: string; readonly cost: number } | undefined;
  for (const name of known) {
    const cost = costOf(wordsOf(given), wordsOf(name));
    if (cost !== undefined && cost < (best?.cost ?? Infinity)) best = { name, cost };
  }
  return best?.name;
}

/** `planId` and `plan_id` are both `plan`, `id`. */
const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** How far apart two names are, or `undefined` when they have nothing to do with each other. */
function costOf(givenWords: readonly string[], knownWords: readonly string[]): number | undefined {
  const given = givenWords.join('');
  const known = knownWords.join('');
  if (given === '' || known === '') return undefined;
  const typos = distance(given, known);
  const typosMax = given.length < 4 ? 1 : Math.max(2, Math.floor(given.length / 3));
  const isPart = beginsInside(given, knownWords) || beginsInside(known, givenWords);
  const partCost = isPart ? CONTAINED + Math.abs(known.length - given.length) / LENGTH_MAX : Infinity;
  const cost = Math.min(typos <= typosMax ? typos : Infinity, partCost);
  return cost === Infinity ? undefined : cost;
}

/** Whether a name stands inside another one, from the beginning of one of its words on. */
const beginsInside = (part: string, words: readonly string[]): boolean =>
  part.length >= CONTAINED_LENGTH_MIN &&
  words.some((_, index) => words.slice(index).join('').startsWith(part));
