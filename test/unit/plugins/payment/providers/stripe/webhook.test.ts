import * as fc from 'fast-check';
import { Stripe } from 'stripe';
import { expect, it } from 'vitest';
import type { StripeConfig } from '../../../../../../plugins/payment/config.ts';
import { readStripeEvent } from '../../../../../../plugins/payment/providers/stripe/webhook.ts';

const SECRET = 'whsec_ours';
const config = { secretKey: 'sk_test_x', webhookSecret: SECRET } as StripeConfig;
const payload = JSON.stringify({
  id: 'evt_1',
  object: 'event',
  type: 'customer.created',
  livemode: false,
  data: { object: { id: 'cus_1', object: 'customer' } },
});

const accepts = (verify: () => unknown): boolean => {
  try {
    verify();
    return true;
  } catch {
    return false;
  }
};

const WELL_FORMED = ['ours', 'foreign', 'tampered', 'v0', 'unknown'] as const;
const MALFORMED = ['empty', 'short', 'not hex'] as const;
const ELEMENTS = [...WELL_FORMED, ...MALFORMED] as const;

/** The elements of a header beside its timestamp, by Stripe's own generator where they are signatures. */
function element(kind: (typeof ELEMENTS)[number], timestamp: number): string {
  const by = (secret: string, text: string) =>
    Stripe.webhooks.generateTestHeaderString({ payload: text, secret, timestamp }).split(',')[1] ?? '';
  const forms = {
    ours: by(SECRET, payload),
    foreign: by('whsec_other', payload),
    tampered: by(SECRET, `${payload} `),
    v0: by(SECRET, payload).replace('v1=', 'v0='),
    unknown: 'v2=abc',
    empty: 'v1=',
    short: by(SECRET, payload).slice(0, -2),
    'not hex': 'v1=zz',
  };
  return forms[kind];
}

it("takes and refuses headers as the verifier of Stripe's own package does", () => {
  const taken = { yes: 0, no: 0 };
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...ELEMENTS), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(0, 200, 400),
      fc.nat(4),
      (kinds, ageSeconds, place) => {
        const time = Math.floor(Date.now() / 1000) - ageSeconds;
        const elements = kinds.map((kind) => element(kind, time));
        const header = elements.toSpliced(Math.min(place, elements.length), 0, `t=${time}`).join(',');
        const theirs = accepts(() => Stripe.webhooks.constructEvent(payload, header, SECRET, 300));
        const ours = accepts(() => readStripeEvent(Buffer.from(payload), header, config, Date.now()));
        expect({ header, taken: ours }).toEqual({
          header,
          taken: kinds.includes('ours') && ageSeconds <= 300,
        });
        // Beside a malformed signature Stripe's package refuses a good one too.
        if (theirs || !kinds.some((kind) => MALFORMED.some((one) => one === kind))) {
          expect({ header, taken: ours }).toEqual({ header, taken: theirs });
        }
        taken[ours ? 'yes' : 'no'] += 1;
      },
    ),
    { numRuns: 300, seed: 1 },
  );
  // Both verdicts were tried.
  expect(Math.min(taken.yes, taken.no)).toBeGreaterThan(20);
});
