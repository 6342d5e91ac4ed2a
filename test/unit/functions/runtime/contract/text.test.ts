import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { cutText, text, textLength } from '#runtime/contract/text.ts';
import { validate } from '#runtime/schema/validate.ts';

const rules = (schema: z.ZodMiniType, value: unknown): string[] => {
  const checked = validate(schema, value);
  return checked.ok ? [] : checked.faults.map(({ message }) => message);
};
const TOO_LONG = 'must have a length of at most 500 characters, counted as UTF-16 code units';

describe('the length of a text', () => {
  it.each([
    ['500 letters', 'x'.repeat(500), []],
    ['501 letters', 'x'.repeat(501), [TOO_LONG]],
    // Outside of the basic plane one character is two units.
    ['250 emoji', '😀'.repeat(250), []],
    ['251 emoji', '😀'.repeat(251), [TOO_LONG]],
    ['250 emoji and a letter', `${'😀'.repeat(250)}x`, [TOO_LONG]],
    ['500 letters of two bytes', 'ж'.repeat(500), []],
    ['nothing', '', ['must have a length of at least 1']],
    ['half a surrogate pair', '\ud83d', ['must be well-formed Unicode, without half a surrogate pair']],
  ])('of %s', (_, given, expected) => {
    expect(rules(text(500), given)).toEqual(expected);
  });

  it('stands in the JSON Schema', () => {
    expect(z.toJSONSchema(z.string().check(textLength(2, 9)))).toMatchObject({ minLength: 2, maxLength: 9 });
  });

  it('is kept when a text is cut, without half a character at its end', () => {
    expect(cutText('ab😀', 4)).toBe('ab😀');
    expect(cutText('ab😀', 3)).toBe('ab');
    expect(cutText('ab', 3)).toBe('ab');
  });
});
