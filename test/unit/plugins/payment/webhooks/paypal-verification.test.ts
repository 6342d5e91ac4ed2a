import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { certificateStore } from '../../../../../plugins/payment/providers/paypal/certificates.ts';
import { postBack } from '../../../../../plugins/payment/providers/paypal/post-back.ts';
import { verifyTransmission } from '../../../../../plugins/payment/providers/paypal/webhook.ts';
import { withSameCrc } from '../forged-body.ts';
import { type PayPalBench, credentials, startPayPalBench } from '../paypal-bench.ts';

let bench: PayPalBench;
beforeAll(async () => {
  bench = await startPayPalBench();
});
afterAll(() => bench?.stop());
beforeEach(() => bench.mark());
afterEach(async () => {
  vi.restoreAllMocks();
  await bench.control('/faults', 'DELETE');
});

const REFUSED = { status: 400, code: 'invalid-signature' };
const HOUR_MS = 3_600_000;
const event = () => JSON.stringify({ id: `WH-${randomUUID()}`, event_type: 'X.Y', resource: {} });
const at = (ms: number) => new Date(Date.now() + ms).toISOString();

describe('the verification', () => {
  it('takes what PayPal signed, now and four days ago, whatever it is about', async () => {
    for (const time of [at(0), at(-95 * HOUR_MS), at(4 * 60_000)]) {
      const body = event();
      expect(await bench.deliver(body, bench.headersOf(body, { time }))).toMatchObject({
        outcome: 'ignored',
      });
    }
    // One write each, which remembers and tells them.
    expect(bench.databaseCalls()).toBe(3);
  });

  it.each([
    'paypal-auth-algo',
    'paypal-cert-url',
    'paypal-transmission-id',
    'paypal-transmission-sig',
    'paypal-transmission-time',
  ])('refuses a delivery without %s before it looks at anything', async (name) => {
    const outbound = vi.spyOn(globalThis, 'fetch');
    const body = event();
    const minute = () => Math.floor(Date.now() / 60_000);
    const first = minute();
    for (const value of ['', '  ', 'x'.repeat(3000)]) {
      await expect(bench.deliver(body, { ...bench.headersOf(body), [name]: value })).rejects.toMatchObject(
        REFUSED,
      );
    }
    const { [name]: _gone, ...rest } = bench.headersOf(body);
    await expect(bench.deliver(body, rest)).rejects.toMatchObject(REFUSED);
    expect(outbound).not.toHaveBeenCalled();
    // Nothing is read; one notice per minute may be written.
    expect(bench.databaseCalls()).toBeLessThanOrEqual(1 + minute() - first);
  });

  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  it.each([
    ['another webhook', (body: string) => bench.headersOf(body, { webhookId: 'WH-OTHER' })],
    ['the simulator', (body: string) => bench.headersOf(body, { webhookId: 'WEBHOOK_ID' })],
    [
      'another key',
      (body: string) =>
        bench.headersOf(body, { key: stranger.export({ type: 'pkcs8', format: 'pem' }).toString() }),
    ],
    ['another body', (body: string) => bench.headersOf(`${body} `)],
    ['a time five days ago', (body: string) => bench.headersOf(body, { time: at(-120 * HOUR_MS) })],
    ['a time ten minutes ahead', (body: string) => bench.headersOf(body, { time: at(600_000) })],
    ['no time', (body: string) => bench.headersOf(body, { time: 'yesterday' })],
    [
      'an older algorithm',
      (body: string) => ({ ...bench.headersOf(body), 'paypal-auth-algo': 'SHA1withRSA' }),
    ],
    ['no algorithm', (body: string) => ({ ...bench.headersOf(body), 'paypal-auth-algo': 'none' })],
    [
      'an altered time',
      (body: string) => ({ ...bench.headersOf(body), 'paypal-transmission-time': at(1000) }),
    ],
    ['an altered id', (body: string) => ({ ...bench.headersOf(body), 'paypal-transmission-id': 'x' })],
    ['no signature', (body: string) => ({ ...bench.headersOf(body), 'paypal-transmission-sig': '!!!' })],
  ])('refuses what is signed for or by %s', async (_name, headers) => {
    const body = event();
    await expect(bench.deliver(body, headers(body))).rejects.toMatchObject(REFUSED);
    // Nothing is read; one notice per minute may be written.
    expect(bench.databaseCalls()).toBeLessThanOrEqual(1);
  });

  it.each(['https://evilpaypal.com', 'https://api.paypal.com.evil.example', 'http://169.254.169.254'])(
    'asks nobody at %s for a certificate',
    async (origin) => {
      const outbound = vi.spyOn(globalThis, 'fetch');
      const body = event();
      const certUrl = `${origin}/v1/notifications/certs/CERT-1`;
      await expect(bench.deliver(body, bench.headersOf(body, { certUrl }))).rejects.toMatchObject(REFUSED);
      expect(outbound).not.toHaveBeenCalled();
    },
  );

  it.each([
    ['no JSON', 'hello'],
    ['null', 'null'],
    ['no event', '{"foo":1}'],
    ['an id that fits no key', JSON.stringify({ id: 'x'.repeat(256), event_type: 'A.B' })],
    ['a type without end', JSON.stringify({ id: 'WH-1', event_type: 'x'.repeat(256) })],
  ])('refuses %s although it is signed', async (_name, body) => {
    await expect(bench.deliver(body)).rejects.toMatchObject({ status: 400, code: 'webhook-unusable' });
  });

  it('never logs what signs a delivery', async () => {
    const body = event();
    const headers = bench.headersOf(body);
    await bench.deliver(body, headers);
    const logged = JSON.stringify(bench.logs);
    expect(logged).not.toContain(headers['paypal-transmission-sig']);
    expect(logged).not.toContain(credentials.clientSecret);
  });
});

describe('a body of another content and the same CRC32', () => {
  it('passes the signature, but amount and status come from the API', async () => {
    const payment = await bench.create();
    const genuine = bench.event('PAYMENT.CAPTURE.COMPLETED', payment);
    const headers = bench.headersOf(genuine);
    const forged = withSameCrc(
      {
        id: `WH-${randomUUID()}`,
        event_type: 'PAYMENT.CAPTURE.COMPLETED',
        resource: {
          id: 'X',
          status: 'COMPLETED',
          custom_id: payment.id,
          final_capture: true,
          amount: { currency_code: 'USD', value: '9999.00' },
          supplementary_data: { related_ids: { order_id: payment.providerRef } },
        },
      },
      genuine,
    );
    expect(forged).not.toBe(genuine);
    expect(crc32(forged)).toBe(crc32(genuine));
    expect(await bench.deliver(forged, headers)).toMatchObject({ outcome: 'processed' });
    expect(await bench.stateOf(payment)).toMatchObject({
      status: 'requires_action',
      capturedMinor: 0,
      flags: [],
    });
    await bench.approve(payment);
    await bench.deliver(forged.replace('WH-', 'WI-'), bench.headersOf(forged.replace('WH-', 'WI-')));
    expect(await bench.stateOf(payment)).toMatchObject({ status: 'succeeded', capturedMinor: 10_000 });
  });
});

describe('when the certificate cannot be had', () => {
  const absent = () => `${bench.signing.certUrl.replace(/[^/]+$/, '')}CERT-${randomUUID()}`;

  it('a delivery is to come again; one with an unknown certificate is refused', async () => {
    const body = event();
    vi.spyOn(globalThis, 'fetch').mockRejectedValueOnce(new TypeError('fetch failed'));
    await expect(bench.deliver(body, bench.headersOf(body, { certUrl: absent() }))).rejects.toMatchObject({
      status: 503,
      code: 'webhook-unverifiable',
    });
    await expect(bench.deliver(body, bench.headersOf(body, { certUrl: absent() }))).rejects.toMatchObject(
      REFUSED,
    );
  });

  it('PayPal is asked, where that is configured, with the very bytes of the body', async () => {
    const asking = bench.with({ paypal: { webhookPostBack: true } });
    const body = `{"id":"WH-1",  "event_type":"X.Y","resource":{"amount":1.0,"é":"\\u00e9"}}`;
    // A certificate address that the sandbox signs for, and whose server is down for this one request.
    const fetchReal = globalThis.fetch;
    const down = () =>
      vi
        .spyOn(globalThis, 'fetch')
        .mockImplementation((input, init) =>
          typeof input === 'string' && input.includes('/certs/')
            ? Promise.reject(new TypeError('fetch failed'))
            : fetchReal(input, init),
        );
    const config = asking.services.config.paypal;
    if (config === undefined) throw new Error('PayPal is not configured');
    down();
    const verify = (raw: string, headers: Record<string, string>) =>
      verifyTransmission(
        Buffer.from(raw),
        headers,
        config,
        { certificates: certificateStore(), postBack: postBack(config) },
        Date.now(),
      );
    await expect(verify(body, bench.headersOf(body))).resolves.toBeUndefined();
    await expect(verify(body.replace('1.0', '1'), bench.headersOf(body))).rejects.toMatchObject(REFUSED);
    await expect(verify('{"a":1},"webhook_id":"x"', bench.headersOf(body))).rejects.toMatchObject({
      code: 'webhook-unusable',
    });
    await bench.control('/faults', 'POST', [
      { method: 'POST', path: 'verify-webhook-signature', status: 503, body: {} },
    ]);
    await expect(verify(body, bench.headersOf(body))).rejects.toMatchObject({
      code: 'webhook-unverifiable',
    });
  });
});

describe('the GraphQL operation', () => {
  it('verifies a delivery that reached another endpoint just the same, by its headers', async () => {
    const payment = await bench.create();
    await bench.approve(payment);
    const payload = bench.event('CHECKOUT.ORDER.APPROVED', payment);
    const headers = Object.fromEntries(
      Object.entries(bench.headersOf(payload)).map(([name, value]) => [name.toUpperCase(), value]),
    );
    const handle = (input: object) =>
      bench.call('handlePaymentWebhook', { provider: 'paypal', payload, ...input });
    const refused = { status: 400, body: { code: 'invalid-signature' } };
    expect(await handle({})).toMatchObject(refused);
    expect(await handle({ headers: { ...headers, 'PAYPAL-TRANSMISSION-ID': 'x' } })).toMatchObject(refused);
    expect(await handle({ headers })).toMatchObject({ status: 200, body: { outcome: 'processed' } });
    expect((await bench.stateOf(payment)).status).toBe('succeeded');
    expect(
      await bench.call('handlePaymentWebhook', { provider: 'stripe', payload, signature: 'x' }),
    ).toMatchObject({ status: 422, body: { code: 'provider-not-configured' } });
  });
});
