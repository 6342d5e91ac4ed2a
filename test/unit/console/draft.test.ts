import { describe, expect, it } from 'vitest';
import {
  differencesOf,
  draftedValue,
  edited,
  MASK,
  mergePatchOf,
} from '../../../console/pages/configuration/draft.ts';

const values = {
  stripe: { secretKey: MASK, publishableKey: 'pk_test_1' },
  limits: { maxAmount: '100', currencies: { eur: { maxAmount: '50' } } },
};
const schema = {
  properties: {
    stripe: { properties: { secretKey: { writeOnly: true }, publishableKey: { type: 'string' } } },
    limits: {
      properties: { currencies: { additionalProperties: { properties: { pin: { writeOnly: true } } } } },
    },
  },
};

describe('a draft of a configuration', () => {
  it('becomes a merge patch of what changes alone', () => {
    let draft = edited(values, {}, ['limits', 'maxAmount'], '200');
    draft = edited(values, draft, ['stripe', 'publishableKey'], null);
    draft = edited(values, draft, ['limits', 'currencies', 'usd', 'maxAmount'], '7');
    expect(mergePatchOf(draft)).toEqual({
      limits: { maxAmount: '200', currencies: { usd: { maxAmount: '7' } } },
      stripe: { publishableKey: null },
    });
  });

  it('has no change where a value is what is stored, or a secret is left alone', () => {
    const draft = edited(values, {}, ['limits', 'maxAmount'], '200');
    expect(edited(values, draft, ['limits', 'maxAmount'], '100')).toEqual({});
    expect(edited(values, {}, ['stripe', 'secretKey'], MASK)).toEqual({});
    expect(edited(values, {}, ['limits', 'minAmount'], null)).toEqual({});
  });

  it('forgets the changes inside of what is taken out', () => {
    const inside = edited(values, {}, ['limits', 'currencies', 'eur', 'maxAmount'], '9');
    const draft = edited(values, inside, ['limits', 'currencies', 'eur'], null);
    expect(mergePatchOf(draft)).toEqual({ limits: { currencies: { eur: null } } });
  });

  it('shows the value that a place will have', () => {
    const draft = edited(values, {}, ['limits', 'maxAmount'], null);
    expect(draftedValue(values, draft, ['limits', 'maxAmount'])).toBeUndefined();
    expect(draftedValue(values, draft, ['stripe', 'publishableKey'])).toBe('pk_test_1');
    expect(draftedValue(values, draft, ['toString'])).toBeUndefined();
  });

  it('shows of a secret nothing but that it changes', () => {
    let draft = edited(values, {}, ['stripe', 'secretKey'], 'sk_test_new');
    draft = edited(values, draft, ['limits', 'currencies', 'usd', 'pin'], '1234');
    draft = edited(values, draft, ['limits', 'maxAmount'], null);
    expect(differencesOf(values, draft, schema)).toEqual([
      { path: 'stripe.secretKey', before: MASK, after: MASK },
      { path: 'limits.currencies.usd.pin', after: MASK },
      { path: 'limits.maxAmount', before: '100' },
    ]);
  });
});
