import type { lookup, LookupAddress } from 'node:dns';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  fetchPublic,
  type FetchPublicOptions,
  OutboundRefusedError,
} from '../../../../../functions/runtime/outbound/fetch-public.ts';
import { isPublicAddress } from '../../../../../functions/runtime/outbound/public-address.ts';
import { makeCertificate } from '../../../plugins/payment/providers/paypal/certificate-maker.ts';

describe('public addresses', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '169.254.170.2',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
    'localhost',
    '',
  ])('do not include %j', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['1.1.1.1', '8.8.8.8', '172.15.0.1', '172.32.0.1', '192.169.0.1', '2606:4700::1111', '2a00::1'])(
    'include %j',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

/** A resolver that answers with these addresses, one list per question. */
function resolving(...answers: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const resolve = (
    host: string,
    _options: unknown,
    callback: (error: Error | null, found: readonly LookupAddress[]) => void,
  ) => {
    const addresses = answers[asked.length] ?? answers.at(-1) ?? [];
    asked.push(host);
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { asked, resolve: resolve as unknown as typeof lookup };
}

let server: Server;
let requests: string[];
let reached: FetchPublicOptions;
let origin: string;
beforeAll(async () => {
  const { pem, privateKey } = makeCertificate({ name: 'issuer.example' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  requests = [];
  server = createServer({ cert: pem, key }, ({ url = '' }, response) => {
    requests.push(url);
    if (url === '/moved') response.writeHead(302, { location: 'https://169.254.169.254/' }).end();
    else if (url === '/large') response.end('x'.repeat(2000));
    else if (url === '/endless') setInterval(() => response.write('x'), 20).unref();
    else if (url === '/silent') response.writeHead(200);
    else response.end('{"keys":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `https://issuer.example:${(server.address() as AddressInfo).port}`;
  // Here alone the loopback counts as public.
  const isAllowed = (address: string) => address === '127.0.0.1';
  reached = { ca: pem, isAllowed, resolve: resolving(['127.0.0.1']).resolve };
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe('a request to an address that somebody else has named', () => {
  it('is answered by a public host', async () => {
    const response = await fetchPublic(`${origin}/keys`, reached);
    expect([response.status, await response.json()]).toEqual([200, { keys: [] }]);
  });

  it.each([
    'http://issuer.example/',
    'https://user:password@issuer.example/',
    'ftp://issuer.example/',
    'file:///etc/passwd',
    'data:application/json,{}',
    'https://127.0.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    // The same as 127.0.0.1, by other spellings.
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
  ])('is not sent to %s', async (url) => {
    const { asked, resolve } = resolving(['1.1.1.1']);
    await expect(fetchPublic(url, { resolve })).rejects.toThrow(OutboundRefusedError);
    expect(asked).toEqual([]);
  });

  it.each([
    [['127.0.0.1']],
    [['10.0.0.7']],
    [['1.1.1.1', '169.254.169.254']],
    [['::1']],
    [['fd00:ec2::254']],
  ])('is not sent to a name that leads to %j', async (addresses) => {
    const { resolve } = resolving(addresses);
    await expect(fetchPublic('https://issuer.example/', { resolve })).rejects.toThrow(
      'issuer.example is not on the public internet',
    );
  });

  it('is not sent to a name that has led to another address before', async () => {
    const seen = requests.length;
    const { asked, resolve } = resolving(['127.0.0.1'], ['127.0.0.2']);
    expect((await fetchPublic(`${origin}/keys`, { ...reached, resolve })).status).toBe(200);
    // No connection is kept and no address is remembered: the check is the connection's.
    await expect(fetchPublic(`${origin}/keys`, { ...reached, resolve })).rejects.toThrow(
      OutboundRefusedError,
    );
    expect(asked).toEqual(['issuer.example', 'issuer.example']);
    expect(requests.length).toBe(seen + 1);
  });

  it('is not redirected', async () => {
    expect((await fetchPublic(`${origin}/moved`, reached)).status).toBe(302);
  });

  it('ends when the answer is too long, or does not end', async () => {
    await expect(fetchPublic(`${origin}/large`, { ...reached, bytesMax: 1000 })).rejects.toThrow(
      'more than 1000 bytes',
    );
    for (const path of ['/endless', '/silent']) {
      await expect(fetchPublic(`${origin}${path}`, { ...reached, timeoutMs: 200 })).rejects.toMatchObject({
        name: 'TimeoutError',
      });
    }
  });

  it('needs a certificate that is trusted and names the host', async () => {
    const { ca: _ca, ...untrusted } = reached;
    await expect(fetchPublic(`${origin}/keys`, untrusted)).rejects.toThrow(/self-signed/);
    const other = origin.replace('issuer', 'other');
    await expect(fetchPublic(`${other}/keys`, reached)).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });
});
