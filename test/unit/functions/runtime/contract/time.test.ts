import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { endTime, startTime } from '#runtime/contract/time.ts';
import { validate } from '#runtime/schema/validate.ts';

describe('a time that a client gives', () => {
  it.each([
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T09:30:00Z', '2026-11-01T09:30:00.000Z'],
    ['2026-11-01T09:30Z', '2026-11-01T09:30:00.000Z'],
    ['2026-11-01t09:30:00.25z', '2026-11-01T09:30:00.250Z'],
    ['2026-11-01T09:30:00,25Z', '2026-11-01T09:30:00.250Z'],
    ['2026-11-01T09:30:00+05:30', '2026-11-01T04:00:00.000Z'],
    ['2026-11-01T09:30:00-0330', '2026-11-01T13:00:00.000Z'],
    ['2026-11-01T09:30+05', '2026-11-01T04:30:00.000Z'],
    // A plus sign in a query that nobody has escaped.
    ['2026-11-01T09:30:00 05:30', '2026-11-01T04:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('%s', (given, read) => {
    expect(validate(startTime, given)).toEqual({ ok: true, value: read });
  });

  it('is the end of its day where a date ends a stretch', () => {
    expect(z.parse(endTime, '2026-11-30')).toBe('2026-11-30T23:59:59.999Z');
    expect(z.parse(endTime, '2026-11-30T10:00:00+01:00')).toBe('2026-11-30T09:00:00.000Z');
  });

  it.each([
    '',
    '2026',
    '2026-11',
    '2026-02-29',
    '2026-13-01',
    '2026-11-01T25:00:00Z',
    // Without a zone it would be another time in each place.
    '2026-11-01T09:30:00',
    'Sun, 01 Nov 2026 09:30:00 GMT',
    '1793525400',
    '+2026-11-01',
  ])('is not %j', (given) => {
    for (const schema of [startTime, endTime])
      expect(validate(schema, given)).toEqual({
        ok: false,
        faults: [
          { path: '', message: expect.stringMatching(/^must be a date or a time of ISO 8601, such as/) },
        ],
      });
  });
});
