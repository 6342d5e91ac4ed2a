import * as z from 'zod/mini';
import type { $ZodStringInternals } from 'zod/v4/core';
import { whenBuilt } from './when-built.ts';

/**
 * Length of a text between two bounds, in UTF-16 code units: what JavaScript and Java count. Providers document
 * "characters" without saying which; this count is never smaller than that of code points, so what fits here fits
 * by either. It stands in the JSON Schema as `minLength` and `maxLength`, which count code points.
 */
export function textLength(min: number, max: number): z.core.$ZodCheck<string> {
  const check = z.check<string>(({ value, issues }) => {
    const shared = { input: value, inst: check, origin: 'string', inclusive: true } as const;
    if (value.length < min) issues.push({ ...shared, code: 'too_small', minimum: min });
    if (value.length > max) {
      const message = `must have a length of at most ${max} characters, counted as UTF-16 code units`;
      issues.push({ ...shared, code: 'too_big', maximum: max, message });
    }
  });
  whenBuilt(check, ({ onattach }) => {
    onattach.push((schema) => {
      Object.assign((schema._zod as $ZodStringInternals<unknown>).bag, { minimum: min, maximum: max });
    });
  });
  return check;
}

/** Half a surrogate pair has no UTF-8 form, so neither DynamoDB nor a provider could store it. */
export const wellFormed = z.refine<string>(
  (given) => given.isWellFormed(),
  'must be well-formed Unicode, without half a surrogate pair',
);

/** A well-formed text of a bounded length, see {@link textLength}. */
export const text = (max: number, min = 1): z.ZodMiniString =>
  z.string().check(textLength(min, max), wellFormed);

/** The beginning of a text, of at most `max` UTF-16 code units, without half a surrogate pair at its end. */
export function cutText(given: string, max: number): string {
  const cut = given.slice(0, max);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
