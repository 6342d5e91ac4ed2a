import { createSign, createVerify, X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Delivered } from '../support.ts';
import { receiver } from '../support.ts';
import { caller, orderBody, startSandbox, WEBHOOK_ID } from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let endpoint: Awaited<ReturnType<typeof receiver>>;
let call: Awaited<ReturnType<typeof caller>>;
let statuses: number[] = [];

beforeEach(async () => {
  statuses = [];
  endpoint = await receiver(() => statuses.shift() ?? 200);
  sandbox = await startSandbox({ webhookUrl: endpoint.url });
  call = await caller(sandbox.origin);
});
afterEach(async () => {
  await sandbox.close();
  await endpoint.close();
});

interface Event {
  readonly id: string;
  readonly event_type: string;
  readonly resource_type: string;
  readonly resource: Record<string, unknown>;
}
interface Signing {
  readonly webhookId: string;
  readonly certUrl: string;
  readonly privateKeyPem: string;
  readonly caPem: string;
}

const eventOf = ({ body }: Delivered) => JSON.parse(body) as Event;
const header = ({ headers }: Delivered, name: string) => String(headers[`paypal-${name}`]);
const signing = async () => (await sandbox.control('GET', 'signing')).body as unknown as Signing;
const deliveries = async () => (await sandbox.control('GET', 'webhooks')).body.deliveries;
const settled = () =>
  vi.waitFor(async () => {
    const states = (await deliveries()).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['delivered']));
  }, 5000);
const types = () => endpoint.received.map((got) => eventOf(got).event_type).sort();

async function approved(intent = 'CAPTURE', value?: string, outcome?: string) {
  const { body } = await call('POST', '/v2/checkout/orders', orderBody(intent, value));
  await sandbox.control('POST', `orders/${body.id}/approve`, outcome === undefined ? {} : { outcome });
  return body.id;
}
async function paid(value?: string, outcome?: string) {
  const id = await approved('CAPTURE', value, outcome);
  const { body } = await call('POST', `/v2/checkout/orders/${id}/capture`);
  return { id, captureId: body.purchase_units[0]?.payments.captures[0]?.id ?? '' };
}

/** The certificate behind the URL of a delivery, with its chain proved up to the sandbox's CA. */
async function certificateOf(got: Delivered): Promise<X509Certificate> {
  const response = await fetch(header(got, 'cert-url'));
  expect(response.status).toBe(200);
  const blocks = (await response.text()).match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];
  const leaf = new X509Certificate(blocks[0] ?? '');
  const ca = new X509Certificate((await signing()).caPem);
  expect(blocks.map((block) => new X509Certificate(block).fingerprint256)).toEqual([
    leaf.fingerprint256,
    ca.fingerprint256,
  ]);
  expect([ca.ca, leaf.ca]).toEqual([true, false]);
  expect(leaf.checkIssued(ca) && leaf.verify(ca.publicKey) && ca.verify(ca.publicKey)).toBe(true);
  expect(leaf.subject).toMatch(/^CN=[a-z.]+\.paypal\.com$/);
  expect(leaf.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(new Date(leaf.validFrom) < new Date() && new Date() < new Date(leaf.validTo)).toBe(true);
  return leaf;
}

function isGenuine(got: Delivered, certificate: X509Certificate, webhookId = WEBHOOK_ID): boolean {
  const [id, time] = [header(got, 'transmission-id'), header(got, 'transmission-time')];
  const message = `${id}|${time}|${webhookId}|${crc32(got.body)}`;
  const signature = Buffer.from(header(got, 'transmission-sig'), 'base64');
  return createVerify('RSA-SHA256').update(message).verify(certificate.publicKey, signature);
}

async function postBack(got: Delivered, changes: Record<string, string> = {}) {
  const fields = {
    auth_algo: header(got, 'auth-algo'),
    cert_url: header(got, 'cert-url'),
    transmission_id: header(got, 'transmission-id'),
    transmission_sig: header(got, 'transmission-sig'),
    transmission_time: header(got, 'transmission-time'),
    webhook_id: WEBHOOK_ID,
    ...changes,
  };
  const text = `${JSON.stringify(fields).slice(0, -1)},"webhook_event":${got.body}}`;
  const { body } = await call('POST', '/v1/notifications/verify-webhook-signature', text);
  return (body as unknown as { verification_status: string }).verification_status;
}

describe('a signature', () => {
  it('is verified by the certificate of its URL, for one webhook only', async () => {
    const { captureId } = await paid();
    await settled();
    expect(types()).toEqual([
      'CHECKOUT.ORDER.APPROVED',
      'CHECKOUT.ORDER.COMPLETED',
      'PAYMENT.CAPTURE.COMPLETED',
    ]);
    for (const got of endpoint.received) {
      const certificate = await certificateOf(got);
      expect(header(got, 'auth-algo')).toBe('SHA256withRSA');
      expect(isGenuine(got, certificate)).toBe(true);
      expect(isGenuine(got, certificate, 'WHOTHER')).toBe(false);
      expect(isGenuine({ ...got, body: `${got.body} ` }, certificate)).toBe(false);
      expect(Math.abs(Date.parse(header(got, 'transmission-time')) - Date.now())).toBeLessThan(60_000);
    }
    const events = endpoint.received.map(eventOf);
    const captured = events.find(({ event_type: type }) => type === 'PAYMENT.CAPTURE.COMPLETED');
    expect(captured).toMatchObject({
      resource_type: 'capture',
      resource: { id: captureId, status: 'COMPLETED', custom_id: 'pay_1', amount: { value: '25.99' } },
    });
  });

  it('can be made by a tester', async () => {
    await paid();
    await settled();
    const [got] = endpoint.received as [Delivered];
    const { privateKeyPem, webhookId } = await signing();
    const body = '{"mine":1}';
    const [id, time] = [header(got, 'transmission-id'), header(got, 'transmission-time')];
    const message = `${id}|${time}|${webhookId}|${crc32(body)}`;
    const signature = createSign('RSA-SHA256').update(message).sign(privateKeyPem, 'base64');
    const mine = { body, headers: { ...got.headers, 'paypal-transmission-sig': signature } };
    expect(isGenuine(mine, await certificateOf(got))).toBe(true);
    expect(await postBack(mine)).toBe('SUCCESS');
  });

  it('is confirmed by the post-back for what was sent, byte for byte', async () => {
    await paid();
    await settled();
    const [got] = endpoint.received as [Delivered];
    expect(await postBack(got)).toBe('SUCCESS');
    const wrong: Record<string, string>[] = [
      { webhook_id: 'WHOTHER' },
      { auth_algo: 'SHA1withRSA' },
      { transmission_id: 'another' },
      { transmission_time: '2026-01-01T00:00:00Z' },
      { transmission_sig: 'AAAA' },
      { cert_url: `${(await signing()).certUrl}1` },
    ];
    for (const changes of wrong) expect(await postBack(got, changes)).toBe('FAILURE');
    const rewritten = JSON.stringify(JSON.parse(got.body), null, 1);
    expect(await postBack({ ...got, body: rewritten })).toBe('FAILURE');
    const missing = await call('POST', '/v1/notifications/verify-webhook-signature', {});
    expect(missing.status).toBe(400);
  });

  it('has a certificate that needs no token, and no other one', async () => {
    const { certUrl } = await signing();
    expect((await fetch(certUrl)).headers.get('content-type')).toBe('application/x-pem-file');
    expect((await fetch(certUrl.replace(/.$/, '_'))).status).toBe(404);
  });

  it('keeps its certificates through a reset', async () => {
    const before = await signing();
    await sandbox.control('POST', 'reset');
    expect(await signing()).toEqual(before);
    await paid();
    await settled();
    for (const got of endpoint.received) expect(isGenuine(got, await certificateOf(got))).toBe(true);
  });
});

describe('the events', () => {
  const APPROVED = 'CHECKOUT.ORDER.APPROVED';
  const COMPLETED = 'CHECKOUT.ORDER.COMPLETED';

  it.each([
    ['100.04', [APPROVED, COMPLETED, 'PAYMENT.CAPTURE.DENIED', 'PAYMENT.CAPTURE.PENDING']],
    ['100.03', [APPROVED, COMPLETED, 'PAYMENT.CAPTURE.COMPLETED', 'PAYMENT.CAPTURE.PENDING']],
    ['100.06', [APPROVED, COMPLETED, 'PAYMENT.CAPTURE.DECLINED']],
  ])('of a capture of %s', async (value, expected) => {
    await paid(value);
    await sandbox.control('POST', 'clock', { advance: '1m' });
    await vi.waitFor(() => expect(types()).toEqual([...expected].sort()), 5000);
  });

  it('happen by themselves when they are due', async () => {
    await paid('100.04');
    await vi.waitFor(() => expect(types()).toContain('PAYMENT.CAPTURE.DENIED'), 10_000);
    const denied = endpoint.received.map(eventOf).find(({ event_type: type }) => type.endsWith('DENIED'));
    expect(denied?.resource).toMatchObject({ status: 'DECLINED' });
  });

  it.each([false, true])('of an authorization that ends (by time: %s)', async (byTime) => {
    const id = await approved('AUTHORIZE');
    const { body } = await call('POST', `/v2/checkout/orders/${id}/authorize`);
    const held = body.purchase_units[0]?.payments.authorizations[0]?.id;
    if (byTime) await sandbox.control('POST', 'clock', { advance: '29d' });
    else await call('POST', `/v2/payments/authorizations/${held}/void`);
    await settled();
    expect(types()).toEqual([
      APPROVED,
      COMPLETED,
      'PAYMENT.AUTHORIZATION.CREATED',
      'PAYMENT.AUTHORIZATION.VOIDED',
    ]);
    const ended = endpoint.received.map(eventOf).find(({ event_type: type }) => type.endsWith('VOIDED'));
    expect(ended?.resource).toMatchObject({
      id: held,
      status: 'VOIDED',
      supplementary_data: { related_ids: { order_id: id } },
    });
  });

  it.each(['decline', 'expire', 'clock'])('of an approval that is reversed (%s)', async (how) => {
    const id = await approved();
    if (how === 'clock') await sandbox.control('POST', 'clock', { advance: '3h' });
    else await sandbox.control('POST', `orders/${id}/${how}`);
    await settled();
    expect(types()).toEqual([APPROVED, 'CHECKOUT.PAYMENT-APPROVAL.REVERSED']);
    const reversed = endpoint.received.map(eventOf).find(({ event_type: type }) => type.endsWith('REVERSED'));
    expect(reversed?.resource['order_id']).toBe(id);
    expect(reversed?.resource['id']).toBeUndefined();
    expect((await deliveries()).map(({ object }) => object)).toEqual([id, id]);
    expect((await call('GET', `/v2/checkout/orders/${id}`)).body.status).toBe('VOIDED');
    const late = await call('POST', `/v2/checkout/orders/${id}/capture`);
    expect(late).toMatchObject({ status: 422, body: { details: [{ issue: 'ORDER_EXPIRED' }] } });
  });
});

describe('deliveries', () => {
  const mode = (name: string) => sandbox.control('POST', 'webhooks', { mode: name });

  it('are tried again, each time signed anew', async () => {
    statuses = [500, 503];
    await approved();
    await settled();
    expect(await deliveries()).toMatchObject([
      { attempts: [{ status: 500 }, { status: 503 }, { status: 200 }] },
    ]);
    const ids = endpoint.received.map((got) => header(got, 'transmission-id'));
    expect(new Set(ids).size).toBe(3);
    expect(new Set(endpoint.received.map((got) => eventOf(got).id)).size).toBe(1);
    for (const got of endpoint.received) expect(isGenuine(got, await certificateOf(got))).toBe(true);
  });

  it('are held and flushed, dropped and sent again, doubled', async () => {
    await mode('hold');
    await approved();
    expect(await deliveries()).toMatchObject([{ state: 'held' }]);
    await sandbox.control('POST', 'webhooks/flush');
    await settled();
    await mode('drop');
    await approved();
    const dropped = (await deliveries()).find(({ state }) => state === 'dropped');
    await sandbox.control('POST', 'webhooks/resend', { id: dropped?.event });
    await vi.waitFor(() => expect(types()).toHaveLength(2));
    expect((await deliveries()).at(-1)).toMatchObject({
      type: 'CHECKOUT.ORDER.APPROVED',
      object: dropped?.object,
    });
    await mode('duplicate');
    await approved();
    await vi.waitFor(() => expect(types()).toHaveLength(4));
    const [one, two] = endpoint.received.slice(2).map(eventOf);
    expect(one?.id).toBe(two?.id);
  });

  it('are tampered with so that the signature does not hold', async () => {
    statuses = Array.from({ length: 1000 }, () => 400);
    await mode('tamper');
    await approved();
    await vi.waitFor(() => expect(endpoint.received.length).toBeGreaterThan(0));
    const [forged] = endpoint.received as [Delivered];
    expect(eventOf(forged).resource).toMatchObject({ amount: { value: '0.01' } });
    expect(isGenuine(forged, await certificateOf(forged))).toBe(false);
    expect(await postBack(forged)).toBe('FAILURE');
  });
});
