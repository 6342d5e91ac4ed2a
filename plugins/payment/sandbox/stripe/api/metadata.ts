import { invalid } from './errors.ts';
import type { FormValue } from './form.ts';

const KEYS_MAX = 50;
const KEY_LENGTH_MAX = 40;
const VALUE_LENGTH_MAX = 500;

/** Metadata as sent: an empty value removes its key, an empty text in its place removes all. */
type MetadataChange = Readonly<Record<string, string>> | 'clear';

/** Reads metadata within Stripe's limits on keys and values; lengths are UTF-16 code units, as in `contract/text.ts`. */
export function metadata(value: FormValue, param: string): MetadataChange {
  if (value === '') return 'clear';
  if (typeof value === 'string') throw invalid('Invalid object', param);
  for (const [key, item] of Object.entries(value)) {
    const name = `${param}[${key}]`;
    if (typeof item !== 'string') throw invalid('Metadata values must be strings', name);
    if (key === '' || /[\p{Cc}[\]]/u.test(key)) {
      throw invalid('Metadata keys cannot be empty or contain control characters or square brackets', name);
    }
    if (key.length > KEY_LENGTH_MAX) {
      throw invalid(`Metadata keys must be at most ${KEY_LENGTH_MAX} characters long`, name);
    }
    if (item.length > VALUE_LENGTH_MAX) {
      throw invalid(`Metadata values must be at most ${VALUE_LENGTH_MAX} characters long`, name);
    }
  }
  return value as Readonly<Record<string, string>>;
}

/** Merges a change into what is there; more than 50 keys are refused. */
export function mergeMetadata(
  current: Readonly<Record<string, string>>,
  change: MetadataChange | undefined,
): Record<string, string> {
  if (change === 'clear') return {};
  const merged = Object.entries({ ...current, ...change }).filter(([, value]) => value !== '');
  if (merged.length > KEYS_MAX) throw invalid(`Metadata can have at most ${KEYS_MAX} keys`, 'metadata');
  return Object.fromEntries(merged);
}
