import { describe, expect, it } from 'vitest';
import { redactedBody } from '../../../../../plugins/payment/webhooks/redacted-body.ts';

const PRIVATE = [
  'payment_method_details',
  'payer',
  'billing_details',
  'shipping',
  'receipt_email',
  'address',
  'name',
  'client_secret',
  'email_address',
  'customerEmail',
  'givenName',
  'phone',
  'customer_details',
  'payment_source',
  'postal_code',
  'cardholder',
  'iban',
];
const SECRETS = ['ada', 'ada@example.org', 'Ada Lovelace', 'https://pay.example/x?token=1', '+49 30 123456'];

/** A repeatable stream of numbers below `n`. */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const MARK = 'leak';

/** A tree whose private places all hold the mark. */
function tree(next: (n: number) => number, depth: number, inPrivate: boolean): unknown {
  const kind = depth < 2 ? 4 : next(depth > 4 ? 2 : 5);
  if (kind < 2) return inPrivate ? `${MARK}${next(1000)}` : `pi_${next(1000)}`;
  if (kind === 2) return Array.from({ length: next(4) }, () => tree(next, depth + 1, inPrivate));
  return Object.fromEntries(
    Array.from({ length: 1 + next(6) }, (_, index) => {
      const secret = next(3) === 0;
      const name = secret ? (PRIVATE[next(PRIVATE.length)] ?? '') : `member_${index}`;
      return [name, tree(next, depth + 1, inPrivate || secret)];
    }),
  );
}

describe('a redacted body', () => {
  it('holds nothing of private members, at any depth of any tree', () => {
    let marked = 0;
    for (let seed = 1; seed <= 500; seed += 1) {
      const body = tree(numbers(seed), 0, false);
      marked += JSON.stringify(body).includes(MARK) ? 1 : 0;
      expect(JSON.stringify(redactedBody(body)), String(seed)).not.toContain(MARK);
    }
    expect(marked).toBeGreaterThan(100);
  });

  it.each(PRIVATE)('leaves out %s, whatever it holds', (name) => {
    for (const value of [...SECRETS, 7, [SECRETS], { line1: 'ada' }])
      expect(redactedBody({ data: { object: [{ [name]: value }] } })).toEqual({
        data: { object: [{ [name]: '[redacted]' }] },
      });
  });

  it('keeps texts of unknown members only when they are ids, codes, amounts or times', () => {
    const kept = { id: 'evt_1', type: 'a.b', at: '2026-11-24T01:00:00Z', value: '10.00', n: 7, no: null };
    expect(redactedBody(kept)).toEqual(kept);
    for (const value of [...SECRETS.slice(1), '4242424242424242', 4_242_424_242_424_242])
      expect(redactedBody({ other: value })).toEqual({ other: '[redacted]' });
    expect(redactedBody({ 'ada@example.org': 1 })).toEqual({ '[redacted]': 1 });
  });

  it('keeps our own ids of metadata alone', () => {
    expect(redactedBody({ metadata: { payment_id: 'pay_1', customer: 'ada', user_id: 'ada' } })).toEqual({
      metadata: { payment_id: 'pay_1' },
    });
  });

  it('ends where a tree is too deep', () => {
    let deep: unknown = 'x';
    for (let depth = 0; depth < 10_000; depth += 1) deep = [deep];
    expect(JSON.stringify(redactedBody(deep))).toContain('[redacted]');
  });
});
