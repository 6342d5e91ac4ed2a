import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactingReplacer, redactText, redactValues } from '#runtime/redact.ts';

describe('redaction', () => {
  it.each([
    ['key sk_test_51Habc used', 'key [redacted] used'],
    ['rk_live_9 and whsec_abc+/=', '[redacted] and [redacted]'],
    ['pi_3abc_secret_xyz', '[redacted]'],
    ['Bearer eyJhbGciOi.J9', '[redacted]'],
    ['Authorization: Basic c2FuZGJveDpzZWNyZXQ=', 'Authorization: [redacted]'],
    ['card 4242 4242 4242 4242.', 'card [redacted].'],
    ['5555-5555-5555-4444', '[redacted]'],
    ['4242\u00a04242\u20144242__4242', '[redacted]'],
    ['order 1234567890123456', 'order 1234567890123456'],
    ['payment pi_3abc of pk_test_1', 'payment pi_3abc of pk_test_1'],
  ])('%s', (text, shown) => expect(redactText(text)).toBe(shown));

  it('hides members by their name, at any depth', () => {
    const fields = {
      clientSecret: 'a',
      nested: [{ Authorization: 'b', id: 'c' }],
      idempotencyToken: 'd',
      count: 4,
    };
    expect(JSON.parse(JSON.stringify(fields, redactingReplacer))).toEqual({
      clientSecret: '[redacted]',
      nested: [{ Authorization: '[redacted]', id: 'c' }],
      idempotencyToken: '[redacted]',
      count: 4,
    });
  });

  it('takes the secrets of the configuration out of any text, but for those that are too short', () => {
    redactValues(['hunter2-hunter2', 'short']);
    expect(redactText('pw=hunter2-hunter2; short')).toBe('pw=[redacted]; short');
    expect(JSON.stringify({ note: 'hunter2-hunter2?' }, redactingReplacer)).toBe('{"note":"[redacted]?"}');
    redactValues(['rotation', 'rotation-of-2026']);
    expect(redactText('rotation-of-2026')).toBe('[redacted]');
    redactValues(Array.from({ length: 100 }, (_, index) => `rotated-${index}`));
    expect(redactText('hunter2-hunter2 rotated-0')).toBe('hunter2-hunter2 [redacted]');
  });

  it('lets no card number through', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 18 });
    fc.assert(
      fc.property(digits, (head) => {
        const sum = head.toReversed().reduce((total, digit, index) => {
          const doubled = index % 2 === 0 ? digit * 2 : digit;
          return total + (doubled > 9 ? doubled - 9 : doubled);
        }, 0);
        const card = `${head.join('')}${(10 - (sum % 10)) % 10}`;
        expect(redactText(`<${card}>`)).toBe('<[redacted]>');
      }),
    );
  });
});
