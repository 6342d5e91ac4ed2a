import { describe, expect, it } from 'vitest';
import { holdsCardNumber } from '../../../../../plugins/payment/api/card-data.ts';

describe('holdsCardNumber', () => {
  it.each([
    '4242424242424242',
    '4242 4242 4242 4242',
    '4242-4242-4242-4242',
    '4242.4242.4242.4242 12/30',
    'my card is 378282246310005, thanks',
    'x4000056655665556x',
    '1 4242 4242 4242 4242 123',
    '6011000990139424',
    '2223003122003222',
    '4242 4242 4242 4 242',
    '4242\u00a04242\u00a04242\u00a04242',
    '4242\u200b4242\u200b4242\u200b4242',
    '4242  4242  4242  4242',
    '4242- 4242_4242\u20134242',
    '\uff14\uff12\uff14\uff12424242424242',
    '\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662',
  ])('finds it in %j', (text) => {
    expect(holdsCardNumber(text)).toBe(true);
    expect(holdsCardNumber({ metadata: { deep: [text] } })).toBe(true);
    expect(holdsCardNumber({ [text]: 'key' })).toBe(true);
  });

  it.each([
    '4242424242424241',
    '4242',
    'order 2026-11-23',
    '3d1b8f6a-4242-4242-8242-424242424242',
    '0000000000000000',
    '42424242424242424242',
    '',
    '1764000000006',
    '20261123104507',
    '2026-11-23 10.45.07',
    '4242:4242:4242:4242',
  ])('finds none in %j', (text) => {
    expect(holdsCardNumber(text)).toBe(false);
  });

  it('looks at strings only', () => {
    expect(holdsCardNumber({ amount: 4242424242424242, nothing: null, flag: true })).toBe(false);
  });
});
