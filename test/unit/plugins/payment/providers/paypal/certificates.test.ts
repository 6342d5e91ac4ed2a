import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PayPalConfig } from '../../../../../../plugins/payment/config.ts';
import { certificateStore } from '../../../../../../plugins/payment/providers/paypal/certificates.ts';
import { makeCertificate } from './certificate-maker.ts';

const DAY_MS = 86_400_000;
const PAYPAL = 'messageverificationcerts.paypal.com';
const root = makeCertificate({ name: 'Test root', isCa: true });
const intermediate = makeCertificate({ name: 'Test intermediate', isCa: true, issuer: root });
const leaf = makeCertificate({ name: PAYPAL, issuer: intermediate });
const chain = leaf.pem + intermediate.pem + root.pem;

const files = new Map<string, { status?: number; text?: string; headers?: Record<string, string> }>();
const served: string[] = [];
const server = createServer((request, response) => {
  const path = request.url ?? '';
  served.push(path);
  const file = files.get(path.split('/').at(-1) ?? '') ?? { status: 404 };
  response.writeHead(file.status ?? 200, file.headers).end(file.text);
});
let apiBase = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  apiBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
afterEach(() => {
  vi.restoreAllMocks();
  served.length = 0;
});

const config = (more: Partial<PayPalConfig> = {}): PayPalConfig => ({
  clientId: 'c',
  clientSecret: 's',
  mode: 'sandbox',
  webhookId: 'WH',
  webhookPostBack: false,
  ...more,
});
const url = (name: string) => `${apiBase}/v1/notifications/certs/${name}`;
const serve = (name: string, text: string) => {
  files.set(name, { text });
  return url(name);
};
const leafOf = (at: string, more: Partial<PayPalConfig> = {}, nowMs = Date.now()) =>
  certificateStore().leaf(at, config({ apiBase, ...more }), nowMs);
const REFUSED = { status: 400, code: 'invalid-signature' };
const UNTRUSTED = { name: 'CertificateUnavailableError', temporary: false };

describe('the address of a certificate', () => {
  const path = '/v1/notifications/certs/CERT-1';
  it.each([
    'https://evilpaypal.com',
    'https://api.paypal.com.evil.example',
    'https://api-m.sandbox.paypal.com.evil.example',
    'https://evil.example/api.paypal.com',
    'https://paypal.com',
    'https://www.paypal.com',
    'https://x.api.paypal.com',
    'https://api.paypal.com@evil.example',
    'https://user:pw@api.sandbox.paypal.com',
    'https://api.sandbox.paypal.com:8443',
    'https://api.sandbox.paypal.com.',
    'https://аpi.sandbox.paypal.com',
    'http://api.sandbox.paypal.com',
    'http://127.0.0.1:1',
    'https://[::1]',
    'file://api.sandbox.paypal.com',
    // The live hosts do not sign for the sandbox.
    'https://api.paypal.com',
    'https://api-m.paypal.com',
  ])('%s is refused before anything is sent', async (origin) => {
    const outbound = vi.spyOn(globalThis, 'fetch');
    await expect(leafOf(`${origin}${path}`)).rejects.toMatchObject(REFUSED);
    expect(outbound).not.toHaveBeenCalled();
  });

  it.each([
    '/v1/notifications/certs/',
    '/v1/notifications/certs/a/b',
    '/v1/notifications/certs/..%2f..%2fx',
    '/v1/notifications/certs/../../oauth2/token',
    '/v1/notifications/webhooks',
    `${path}?x=1`,
    `${path}#x`,
    '//evil.example/v1/notifications/certs/CERT-1',
  ])('the path %s is refused before anything is sent', async (wrong) => {
    const outbound = vi.spyOn(globalThis, 'fetch');
    await expect(leafOf(`https://api.sandbox.paypal.com${wrong}`)).rejects.toMatchObject(REFUSED);
    expect(outbound).not.toHaveBeenCalled();
  });

  it.each([
    ['sandbox', 'https://api.sandbox.paypal.com'],
    ['sandbox', 'https://api-m.sandbox.paypal.com'],
    ['live', 'https://api.paypal.com'],
    ['live', 'https://api-m.paypal.com'],
  ] as const)('in mode %s %s is asked, without following redirects', async (mode, origin) => {
    const outbound = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(chain));
    const trusting = config({ mode, webhookRoots: [root.pem] });
    const found = await certificateStore().leaf(`${origin}${path}`, trusting, Date.now());
    expect(found.subject).toBe(`CN=${PAYPAL}`);
    expect(outbound.mock.calls).toEqual([
      [`${origin}${path}`, expect.objectContaining({ redirect: 'manual' })],
    ]);
  });

  it('of the sandbox counts only while it is configured', async () => {
    const at = serve('mine', chain);
    await expect(certificateStore().leaf(at, config(), Date.now())).rejects.toMatchObject(REFUSED);
    expect(served).toEqual([]);
    expect((await leafOf(at)).subject).toBe(`CN=${PAYPAL}`);
  });
});

describe('a certificate', () => {
  const signed = (more: object) => makeCertificate({ name: PAYPAL, issuer: root, ...more }).pem + root.pem;
  it.each([
    ['of another name', () => signed({ name: 'evil.example' })],
    ['of a name that only ends alike', () => signed({ name: 'evilpaypal.com' })],
    ['of a name that begins alike', () => signed({ name: 'api.paypal.com.evil.example' })],
    ['that is a CA', () => signed({ isCa: true })],
    ['with a short key', () => signed({ modulusLength: 1024 })],
    ['that is none', () => 'hello'],
    ['that cannot be read', () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['behind too many others', () => root.pem.repeat(9)],
    ['in a file that is too large', () => chain + '#'.repeat(70_000)],
  ])('%s is refused', async (name, make) => {
    await expect(leafOf(serve(name.replaceAll(' ', '_'), make()))).rejects.toMatchObject(REFUSED);
  });

  const other = makeCertificate({ name: 'Other root', isCa: true });
  const posing = makeCertificate({ name: 'Test root', isCa: true });
  it.each([
    ['that has run out', () => signed({ toMs: Date.now() - 1000 })],
    ['that is not valid yet', () => signed({ fromMs: Date.now() + DAY_MS })],
    ['without a way to a root', () => leaf.pem],
    ['with the chain of another', () => leaf.pem + other.pem],
    ['signed by a root that only has the name', () => signed({ issuer: posing })],
    [
      'signed by what is no CA',
      () => {
        const middle = makeCertificate({ name: 'No CA', issuer: root });
        return signed({ issuer: middle }) + middle.pem;
      },
    ],
  ])('%s is not trusted', async (name, make) => {
    await expect(leafOf(serve(name.replaceAll(' ', '_'), make()))).rejects.toMatchObject(UNTRUSTED);
  });

  it('may need an intermediate that only the configuration has', async () => {
    const at = serve('alone', leaf.pem);
    await expect(leafOf(at)).rejects.toMatchObject(UNTRUSTED);
    expect((await leafOf(at, { webhookRoots: [intermediate.pem] })).subject).toBe(`CN=${PAYPAL}`);
  });

  it('is refused behind a redirect, and unavailable while the server is ill', async () => {
    files.set('moved', { status: 302, headers: { location: serve('target', chain) } });
    await expect(leafOf(url('moved'))).rejects.toMatchObject(REFUSED);
    expect(served).toEqual([expect.stringContaining('moved')]);
    await expect(leafOf(url('absent'))).rejects.toMatchObject(REFUSED);
    files.set('ill', { status: 500 });
    await expect(leafOf(url('ill'))).rejects.toMatchObject({ temporary: true });
  });
});

describe('the store', () => {
  it('fetches once for many, again after a day, and judges validity each time', async () => {
    const store = certificateStore();
    const at = serve('kept', chain);
    const nowMs = Date.now();
    const trusting = config({ apiBase });
    await Promise.all(Array.from({ length: 10 }, () => store.leaf(at, trusting, nowMs)));
    await store.leaf(at, trusting, nowMs + DAY_MS / 2);
    expect(served).toHaveLength(1);
    await expect(store.leaf(at, trusting, nowMs + DAY_MS - 1)).rejects.toMatchObject(UNTRUSTED);
    await expect(store.leaf(at, trusting, nowMs + DAY_MS + 1)).rejects.toMatchObject(UNTRUSTED);
    expect(served).toHaveLength(2);
  });

  it('keeps nothing that did not pass, and only so many', async () => {
    const store = certificateStore();
    const trusting = config({ apiBase });
    const bad = serve('bad', leaf.pem);
    for (const _twice of [1, 2])
      await expect(store.leaf(bad, trusting, Date.now())).rejects.toMatchObject(UNTRUSTED);
    expect(served).toHaveLength(2);
    for (let index = 0; index < 17; index += 1)
      await store.leaf(serve(`n${index}`, chain), trusting, Date.now());
    served.length = 0;
    await store.leaf(url('n16'), trusting, Date.now());
    await store.leaf(url('n0'), trusting, Date.now());
    expect(served).toEqual([expect.stringContaining('n0')]);
  });
});
