import { textHoldsCardNumber } from '../card-number.ts';
import { redactText } from '../redact.ts';

/** Code points that are shown of a name; no name that we know is longer. */
const SHOWN_MAX = 40;
/** A name that can stand in a dotted path as it is: letters of any script, digits, `_` and `-`. */
const PLAIN = /^[\p{L}_][\p{L}\p{M}\p{N}_-]*$/u;
/** What has no form on the screen, or changes that of its neighbours: controls, directions, private characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Zl}\p{Zp}]/gu;
const REDACTED = '[redacted]';

/**
 * A member's name as a client gave it, for messages: cut to 40 characters, quoted and escaped where it is more
 * than letters, digits, `_` and `-`. What looks like a card number or a key of a provider is not repeated.
 */
export function shownName(name: PropertyKey): string {
  if (typeof name === 'number') return String(name);
  const points = Array.from(String(name).slice(0, 4 * SHOWN_MAX));
  const text = points.join('');
  if (textHoldsCardNumber(text) || redactText(text) !== text) return REDACTED;
  const cut = points.length > SHOWN_MAX ? `${points.slice(0, SHOWN_MAX).join('')}...` : text;
  if (PLAIN.test(cut)) return cut;
  return JSON.stringify(cut).replaceAll(UNSEEN, escaped);
}

/** A dotted path, with names that are no plain words in brackets: `metadata["a.b"]`. */
export function shownPath(path: readonly PropertyKey[]): string {
  return path
    .map(shownName)
    .map((name, index) => (name.startsWith('"') ? `[${name}]` : `${index === 0 ? '' : '.'}${name}`))
    .join('');
}

const escaped = (character: string): string =>
  `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`;
