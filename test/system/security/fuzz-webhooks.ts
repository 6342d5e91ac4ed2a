import { createHmac, randomUUID, sign } from 'node:crypto';
import { crc32, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { request } from '#testing/client.ts';
import type { TestPlatform } from '#testing/index.ts';
import { handledEventTypes } from '../../../plugins/payment/providers/stripe/event.ts';
import { damaged, hostileText, mutated, textOf } from '../../support/hostile.ts';
import type { RawRequest } from '../../support/raw-http.ts';

type HeaderLines = readonly (readonly [string, string])[];
/** The headers that make a body one of the provider's. */
type SignBody = (body: Buffer) => HeaderLines;

/** What the providers' sandboxes sign their deliveries with. */
export interface WebhookSigners {
  readonly stripe: SignBody;
  readonly paypal: SignBody;
}

export async function webhookSigners(platform: TestPlatform): Promise<WebhookSigners> {
  const signing = async (name: string) =>
    (await request(platform.sandbox(name), 'GET', '/__sandbox/signing')).body;
  const [{ secrets }, { webhookId, certUrl, privateKeyPem }] = [
    await signing('stripe'),
    await signing('paypal'),
  ];
  return {
    stripe: (body) => {
      const time = Math.floor(Date.now() / 1000);
      const mac = createHmac('sha256', secrets[0]).update(`${time}.`).update(body).digest('hex');
      return [['stripe-signature', `t=${time},v1=${mac}`]];
    },
    paypal: (body) => {
      const [id, time] = [randomUUID(), new Date().toISOString()];
      const signature = sign(
        'sha256',
        Buffer.from(`${id}|${time}|${webhookId}|${crc32(body)}`),
        privateKeyPem,
      );
      return [
        ['paypal-auth-algo', 'SHA256withRSA'],
        ['paypal-cert-url', certUrl],
        ['paypal-transmission-id', id],
        ['paypal-transmission-time', time],
        ['paypal-transmission-sig', signature.toString('base64')],
      ];
    },
  };
}

const stripeEvent = fc.constantFrom(...handledEventTypes, 'thing.happened').map((type) => ({
  id: `evt_${randomUUID().replaceAll('-', '')}`,
  object: 'event',
  type,
  livemode: false,
  api_version: '2026-09-30.basil',
  data: {
    object: {
      id: 'pi_nobody',
      object: 'payment_intent',
      payment_intent: 'pi_nobody',
      customer: 'cus_nobody',
      invoice: 'in_nobody',
      metadata: { payment_id: 'pay_01m8k82gh7zh9gn14z1q3bsqey', deployment: 'another' },
      parent: { subscription_details: { subscription: 'sub_nobody' } },
    },
    previous_attributes: { customer: 'cus_nobody' },
  },
}));

const paypalTypes = [
  'CHECKOUT.ORDER.APPROVED',
  'PAYMENT.CAPTURE.COMPLETED',
  'PAYMENT.CAPTURE.REFUNDED',
  'PAYMENT.SALE.COMPLETED',
  'CUSTOMER.DISPUTE.CREATED',
  'BILLING.SUBSCRIPTION.ACTIVATED',
  'VAULT.PAYMENT-TOKEN.DELETED',
  'THING.HAPPENED',
];
const paypalEvent = fc.constantFrom(...paypalTypes).map((type) => ({
  id: `WH-${randomUUID()}`,
  event_type: type,
  resource_type: 'capture',
  resource: {
    id: 'NOBODY0000000000A',
    custom_id: 'pay_01m8k82gh7zh9gn14z1q3bsqey',
    status: 'COMPLETED',
    supplementary_data: { related_ids: { order_id: 'NOBODY0000000000B' } },
    links: [{ rel: 'up', href: 'https://api.paypal.com/v2/payments/captures/NOBODY', method: 'GET' }],
    billing_agreement_id: 'I-NOBODY',
    disputed_transactions: [{ seller_transaction_id: 'NOBODY' }],
  },
}));

const bodies = (event: fc.Arbitrary<object>): fc.Arbitrary<Buffer> =>
  event.chain((value) =>
    fc.oneof(
      { weight: 5, arbitrary: mutated(value).map((changed) => Buffer.from(textOf(changed))) },
      { weight: 2, arbitrary: damaged(textOf(value)).map((text) => Buffer.from(text)) },
      fc.constant(gzipSync(textOf(value))),
      fc.constant(Buffer.from(JSON.stringify({ ...value, pad: 'x'.repeat(600_000) }))),
      fc.constant(Buffer.from(JSON.stringify({ ...value, id: 'x'.repeat(3_000) }))),
    ),
  );

/** Headers as a forger writes them: some missing, some that cannot be read. */
const forged = (names: readonly string[]): fc.Arbitrary<HeaderLines> =>
  fc
    .tuple(
      ...names.map((name) =>
        fc.option(
          fc
            .oneof(
              hostileText.map((text) => text.replaceAll(/[^\t\u0020-\u007e]/g, '')),
              fc.constantFrom(
                't=1,v1=00',
                `t=${'9'.repeat(30)},v1=${'0'.repeat(64)}`,
                't=,v1=',
                't=1,t=2,v1=00',
                'v1='.repeat(900),
                'SHA256withRSA',
                'none',
                '2026-11-30T00:00:00Z',
                'https://api.paypal.com/v1/notifications/certs/CERT',
                'http://169.254.169.254/latest/meta-data',
                'file:///etc/passwd',
                'https://api.paypal.com@evil.example/cert',
              ),
            )
            .map((value) => [name, value] as const),
          { nil: undefined, freq: 5 },
        ),
      ),
    )
    .map((lines) => lines.filter((line) => line !== undefined));

const SIGNED_HEADERS = {
  stripe: ['stripe-signature'],
  paypal: [
    'paypal-auth-algo',
    'paypal-cert-url',
    'paypal-transmission-id',
    'paypal-transmission-time',
    'paypal-transmission-sig',
  ],
} as const;

/** Deliveries of nobody, and deliveries of the provider itself that hold anything. */
export function fuzzedDelivery(signers: WebhookSigners): fc.Arbitrary<RawRequest> {
  return fc.constantFrom('stripe' as const, 'paypal' as const).chain((provider) =>
    fc
      .tuple(
        bodies(provider === 'stripe' ? stripeEvent : paypalEvent),
        fc.option(forged(SIGNED_HEADERS[provider]), { freq: 1, nil: undefined }),
        fc.boolean(),
      )
      .map(([body, headers, chunked]) => ({
        method: 'POST',
        path: `/webhooks/${provider}`,
        body,
        chunked,
        headers: headers ?? signers[provider](body),
      })),
  );
}
