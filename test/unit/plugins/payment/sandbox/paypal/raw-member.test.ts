import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { rawMember } from '../../../../../../plugins/payment/sandbox/paypal/webhooks/raw-member.ts';

it('finds the text of a member as it was written', () => {
  const text = '{"a":{"event":1},"event" : {"x":"}\\",{",  "y":[1,{"event":2}]} ,"z":[",event"]}';
  expect(rawMember(text, 'event')).toBe('{"x":"}\\",{",  "y":[1,{"event":2}]}');
  expect(rawMember(text, 'y')).toBeUndefined();
  expect(rawMember('{"e\\u0076ent":1.0,"event":2e0}', 'event')).toBe('2e0');
});

it('finds the same value as a parser does, with any spaces', () => {
  const spaces = fc.constantFrom(undefined, 1, 3);
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.jsonValue(),
      spaces,
      (others, value, space) => {
        const { event: _, ...rest } = others;
        const body = JSON.stringify({ ...rest, event: value, last: rest }, null, space);
        expect(JSON.parse(rawMember(body, 'event') ?? 'undefined')).toEqual(
          JSON.parse(JSON.stringify(value)),
        );
      },
    ),
  );
});
