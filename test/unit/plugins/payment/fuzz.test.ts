import { createHmac, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedInput } from '#runtime/adapters/input.ts';
import { ProblemError } from '#runtime/contract/errors.ts';
import type { Operation } from '#runtime/contract/operation.ts';
import { fuzzed } from '#test/support/fuzz.ts';
import { damaged, hostileText, mutated, textOf } from '#test/support/hostile.ts';
import * as z from 'zod/mini';
import { cursorKeys, nextCursor, readCursor } from '../../../../plugins/payment/api/cursor.ts';
import { paymentConfig } from '../../../../plugins/payment/config.ts';
import { operations } from '../../../../plugins/payment/operations.ts';
import { readPayPalEvent } from '../../../../plugins/payment/providers/paypal/event.ts';
import { handledEventTypes } from '../../../../plugins/payment/providers/stripe/event.ts';
import { readStripeEvent } from '../../../../plugins/payment/providers/stripe/webhook.ts';
import { redactedBody } from '../../../../plugins/payment/webhooks/redacted-body.ts';
import { seal, sealKeys, unseal } from '../../../../plugins/payment/webhooks/sealed.ts';

const SECRET = 'whsec_fuzz';
const NOW_MS = Date.parse('2026-11-30T00:00:00Z');
const TEXT_CHARS_MAX = 255;

/** Calls what may refuse. @returns the code of the refusal; undefined when there is none @throws any other error */
function refusalOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError && error.status < 500) return error.code;
    throw error;
  }
}

/** Every text in an event, ids and types alike, has to fit the key of an item. */
const textsOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
};

const stripeEvent = {
  id: 'evt_1',
  object: 'event',
  type: 'payment_intent.succeeded',
  livemode: false,
  data: {
    object: {
      id: 'pi_1',
      customer: 'cus_1',
      payment_intent: 'pi_1',
      payment_method: 'pm_1',
      invoice: 'in_1',
      metadata: { payment_id: 'pay_1', deployment: 'local-1' },
      parent: { subscription_details: { subscription: 'sub_1' } },
    },
    previous_attributes: { customer: 'cus_1' },
  },
};
const paypalEvent = {
  id: 'WH-1',
  event_type: 'PAYMENT.CAPTURE.COMPLETED',
  resource: {
    id: 'A1',
    order_id: 'A2',
    dispute_id: 'PP-1',
    sale_id: 'S1',
    billing_agreement_id: 'I-1',
    custom_id: 'pay_1.local-1',
    invoice_id: 'x',
    customer: { id: 'C1' },
    purchase_units: [{ custom_id: 'pay_1' }],
    supplementary_data: { related_ids: { order_id: 'A2' } },
    links: [{ rel: 'up', href: 'https://api.paypal.com/v2/payments/captures/A1' }],
  },
};
const paypalTypes = [
  'CHECKOUT.ORDER.APPROVED',
  'CHECKOUT.PAYMENT-APPROVAL.REVERSED',
  'PAYMENT.CAPTURE.COMPLETED',
  'PAYMENT.CAPTURE.REFUNDED',
  'PAYMENT.CAPTURE.REVERSED',
  'PAYMENT.SALE.COMPLETED',
  'PAYMENT.SALE.REFUNDED',
  'PAYMENT.SALE.REVERSED',
  'CUSTOMER.DISPUTE.CREATED',
  'BILLING.SUBSCRIPTION.ACTIVATED',
  'VAULT.PAYMENT-TOKEN.DELETED',
];
const bodiesOf = (event: fc.Arbitrary<object>): fc.Arbitrary<Buffer> =>
  event.chain((value) =>
    fc.oneof(
      { weight: 5, arbitrary: mutated(value).map((changed) => Buffer.from(textOf(changed))) },
      damaged(textOf(value)).map((text) => Buffer.from(text)),
    ),
  );

describe('a signed body that holds anything', () => {
  it('is an event whose ids fit a key, or refused, at Stripe', () => {
    const config = z.parse(paymentConfig, {
      stripe: { secretKey: 'sk_test_x', publishableKey: 'pk_test_x', webhookSecret: SECRET },
    }).stripe;
    if (!config) throw new Error('no configuration of Stripe');
    const typed = fc.constantFrom(...handledEventTypes).map((type) => ({ ...stripeEvent, type }));
    const time = NOW_MS / 1000;
    const property = fc.property(bodiesOf(typed), (body) => {
      const mac = createHmac('sha256', SECRET).update(`${time}.`).update(body).digest('hex');
      const code = refusalOf(() => {
        const event = readStripeEvent(body, `t=${time},v1=${mac}`, config, NOW_MS);
        expect(Math.max(...textsOf(event).map(({ length }) => length))).toBeLessThanOrEqual(TEXT_CHARS_MAX);
      });
      expect([undefined, 'webhook-unusable']).toContain(code);
    });
    fc.assert(property, fuzzed(800));
  });

  it('is an event whose ids fit a key, or refused, at PayPal', () => {
    const typed = fc.constantFrom(...paypalTypes).map((type) => ({ ...paypalEvent, event_type: type }));
    const property = fc.property(bodiesOf(typed), (body) => {
      const code = refusalOf(() => {
        const event = readPayPalEvent(body);
        expect(Math.max(...textsOf(event).map(({ length }) => length))).toBeLessThanOrEqual(TEXT_CHARS_MAX);
      });
      expect([undefined, 'webhook-unusable']).toContain(code);
    });
    fc.assert(property, fuzzed(800));
  });

  it('is stored without what it says, whatever its members are called', () => {
    const told = fc.oneof(mutated(stripeEvent), mutated(paypalEvent), fc.jsonValue());
    const property = fc.property(told, (event) => {
      const parsed = JSON.parse(textOf(event)) as unknown;
      const redacted = redactedBody(parsed);
      expect(redactedBody(redacted)).toEqual(redacted);
      for (const text of textsOf(redacted)) expect(text).toMatch(/^[\w.:-]{1,128}$|^\[redacted\]$/);
    });
    fc.assert(property, fuzzed(500));
  });
});

describe('a signature that is none', () => {
  const config = { webhookSecret: SECRET, secretKey: 'sk_test_x', publishableKey: 'pk_test_x' };
  const part = fc.constantFrom(
    't=',
    'v1=',
    'v0=',
    ',',
    '=',
    '1796000000',
    '0'.repeat(64),
    'zz',
    ' ',
    '-1',
    '1e9',
  );
  it('is refused, whatever its form', () => {
    const header = fc.oneof(
      hostileText,
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
    );
    const property = fc.property(header, fc.uint8Array({ maxLength: 50 }), (text, bytes) => {
      const read = () => readStripeEvent(Buffer.from(bytes), text, config as never, NOW_MS);
      expect(refusalOf(read)).toBe('invalid-signature');
    });
    fc.assert(property, fuzzed(800));
  });
});

describe('a cursor that we did not sign', () => {
  const keys = cursorKeys([SECRET]);
  const genuine = nextCursor({ month: '202611', sortKey: 'x' }, 'list-1', keys) ?? '';
  const changed = fc.oneof(
    hostileText,
    damaged(genuine).map(String),
    fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  );
  it('is refused', () => {
    const property = fc.property(changed, fc.constantFrom('list-1', 'list-2'), (cursor, list) => {
      fc.pre(cursor !== genuine);
      expect(refusalOf(() => readCursor(cursor, list, keys))).toBe('cursor-invalid');
      expect(refusalOf(() => readCursor(genuine, `${list}\n`, keys))).toBe('cursor-invalid');
    });
    fc.assert(property, fuzzed(800));
  });
});

it('a sealed body that was changed in any place stays closed', async () => {
  const keys = sealKeys([SECRET]);
  const sealed = await seal('{"id":"evt_1"}', 'stripe:evt_1', keys);
  const property = fc.asyncProperty(
    fc.nat({ max: sealed.length - 1 }),
    fc.integer({ min: 1, max: 255 }),
    async (at, flip) => {
      const forged = Buffer.from(sealed);
      forged[at] = (forged[at] ?? 0) ^ flip;
      expect(await unseal(forged, 'stripe:evt_1', keys)).toBeUndefined();
      expect(await unseal(randomBytes(at), 'stripe:evt_1', keys)).toBeUndefined();
      expect(await unseal(sealed, 'stripe:evt_2', keys)).toBeUndefined();
    },
  );
  await fc.assert(property, fuzzed(300));
});

it('every operation takes its input, or refuses it as a request', () => {
  const all = Object.values(operations) as unknown as readonly Operation<unknown, unknown, never>[];
  const likely = {
    id: 'pay_1',
    amount: '10.00',
    amountMinor: 1,
    currency: 'usd',
    provider: 'stripe',
    customerId: 'cus_1',
    paymentMethodId: 'pm_1',
    metadata: { a: 'b' },
    returnUrl: 'https://shop.example',
    status: ['succeeded'],
    from: '2026-11-30',
    limit: 1,
    headers: { a: 'b' },
    payload: '{}',
    planId: 'price_1',
    eventId: 'evt_1',
  };
  const property = fc.property(
    fc.constantFrom(...all),
    mutated(likely),
    fc.subarray(Object.keys(likely)),
    (operation, input, names) => {
      const parsed = JSON.parse(textOf(input)) as unknown;
      const chosen =
        typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
          ? Object.fromEntries(
              Object.entries(parsed).filter(([name]) => !(name in likely) || names.includes(name)),
            )
          : parsed;
      expect([undefined, 'invalid-request']).toContain(
        refusalOf(() => checkedInput(operation.input, chosen)),
      );
      expect(({} as Record<string, unknown>)['a']).toBeUndefined();
    },
  );
  fc.assert(property, fuzzed(1_000));
});
