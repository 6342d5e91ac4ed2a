import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { envNames, unknownVariables } from '#runtime/lifecycle/env-names.ts';
import { screamingSnake } from '#runtime/screaming-snake.ts';
import { fromText } from '#runtime/schema/leaves.ts';

const schema = z.object({
  defaultProvider: z._default(z.enum(['stripe']), 'stripe'),
  stripe: z.optional(
    z.object({
      secretKey: z.string(),
      webhookSecret: z.union([z.string(), z.array(z.string())]),
    }),
  ),
  limits: z.object({
    maxAmount: z.optional(z.number()),
    strict: z.boolean(),
    byCountry: z.record(z.string(), z.number()),
  }),
});

describe('names of configuration variables', () => {
  it('come from the leaves of the schema', () => {
    expect(
      [...envNames(schema, 'PAYMENT_PLUGIN')].map(([name, { path, kinds }]) => [
        name,
        path.join('.'),
        [...kinds],
      ]),
    ).toEqual([
      ['PAYMENT_PLUGIN_DEFAULT_PROVIDER', 'defaultProvider', ['string']],
      ['PAYMENT_PLUGIN_STRIPE_SECRET_KEY', 'stripe.secretKey', ['string']],
      ['PAYMENT_PLUGIN_STRIPE_WEBHOOK_SECRET', 'stripe.webhookSecret', ['string', 'json', 'list']],
      ['PAYMENT_PLUGIN_LIMITS_MAX_AMOUNT', 'limits.maxAmount', ['number']],
      ['PAYMENT_PLUGIN_LIMITS_STRICT', 'limits.strict', ['boolean']],
      ['PAYMENT_PLUGIN_LIMITS_BY_COUNTRY', 'limits.byCountry', ['json']],
    ]);
  });

  it('refuse two leaves of one name', () => {
    const colliding = z.object({
      stripe: z.object({ secretKey: z.string() }),
      stripeSecret: z.object({ key: z.string() }),
    });
    expect(() => envNames(colliding, 'P')).toThrow(
      'P_STRIPE_SECRET_KEY would stand for both "stripe.secretKey" and "stripeSecret.key"',
    );
  });

  it('name the nearest known name of a misspelt variable', () => {
    const variables = {
      PAYMENT_PLUGIN_STRIPE_SECRETKEY: 'x',
      PAYMENT_PLUGIN_LIMITS_STRICT: 'true',
      OTHER: 'x',
    };
    expect(unknownVariables(envNames(schema, 'PAYMENT_PLUGIN').keys(), 'PAYMENT_PLUGIN', variables)).toEqual([
      { name: 'PAYMENT_PLUGIN_STRIPE_SECRETKEY', nearest: 'PAYMENT_PLUGIN_STRIPE_SECRET_KEY' },
    ]);
  });

  it('are usable in every shell, whatever the path', () => {
    const segment = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,12}$/);
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (path) => {
        const name = screamingSnake(path.join('.'));
        expect(name).toMatch(/^[A-Z0-9]+(?:_[A-Z0-9]+)*$/);
        expect(name.replaceAll('_', '')).toBe(path.join('').toUpperCase());
      }),
    );
  });
});

describe('a value from text', () => {
  it.each([
    ['12', ['number'], 12],
    ['1e3', ['number'], '1e3'],
    ['12', ['number', 'string'], '12'],
    ['true', ['boolean'], true],
    ['yes', ['boolean'], 'yes'],
    ['["a","b"]', ['string', 'json'], ['a', 'b']],
    ['whsec_1', ['string', 'json'], 'whsec_1'],
    ['{"de":1}', ['json'], { de: 1 }],
    ['{', ['json'], '{'],
    ['a,b', ['json', 'list'], ['a', 'b']],
    ['a', ['json', 'list'], ['a']],
    ['["a,b"]', ['json', 'list'], ['a,b']],
    ['a,b', ['string', 'json', 'list'], 'a,b'],
  ] as const)('%s as %j', (text, kinds, value) => {
    expect(fromText(text, new Set(kinds))).toEqual(value);
  });
});
