import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { consoleHandler } from '../../../../../functions/platform/console/handler.ts';
import type { ConsoleSettings } from '../../../../../functions/platform/console/settings.ts';

const PAGE = '<!doctype html><title>Console</title>';
const SCRIPT = 'console.log("ö")';
const local: ConsoleSettings = { stage: 'local', signIn: { kind: 'local' } };

function site(): URL {
  const dir = join(mkdtempSync(join(tmpdir(), 'site-')), 'site');
  mkdirSync(join(dir, 'assets'), { recursive: true });
  writeFileSync(join(dir, 'index.html'), PAGE);
  writeFileSync(join(dir, 'assets', 'main-1.js'), SCRIPT);
  writeFileSync(join(dir, 'assets', 'main-1.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(dir, '..', 'outside.js'), 'secret');
  return pathToFileURL(`${dir}/`);
}

const serve = (path?: string, headers = {}, settings = local) =>
  consoleHandler(site(), settings)({ headers, ...(path !== undefined && { pathParameters: { path } }) });

describe('the console', () => {
  it.each([undefined, 'payments', 'payments/pay_1'])('serves its page at %s', async (path) => {
    const { statusCode, headers, body } = await serve(path);
    expect({ statusCode, body }).toEqual({ statusCode: 200, body: PAGE });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-cache');
  });

  it('lets files be kept whose names have the hash of their content', async () => {
    const { headers, body } = await serve('assets/main-1.js');
    expect(body).toBe(SCRIPT);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it.each(['br', 'gzip, deflate, br', 'gzip, br, zstd'])('compresses for %s', async (encodings) => {
    const answer = await serve('assets/main-1.js', { 'accept-encoding': encodings });
    expect(answer.headers['content-encoding']).toBe('br');
    expect(answer.isBase64Encoded).toBe(true);
    expect(brotliDecompressSync(Buffer.from(answer.body, 'base64')).toString()).toBe(SCRIPT);
  });

  it.each([undefined, 'gzip', 'br;q=0', 'brr'])('does not compress for %s', async (encodings) => {
    const answer = await serve('assets/main-1.js', { 'accept-encoding': encodings });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.body).toBe(SCRIPT);
  });

  it.each([
    'assets/none.js',
    '../outside.js',
    'assets/../../outside.js',
    'assets/main-1.js.br',
    '%2e%2e/x.js',
  ])('has no file %s', async (path) => {
    const { statusCode, body } = await serve(path);
    expect({ statusCode, body }).toEqual({ statusCode: 404, body: 'Not found\n' });
  });

  it('tells the page how people sign in', async () => {
    const settings: ConsoleSettings = {
      stage: 'prod',
      signIn: {
        kind: 'oidc',
        issuer: 'https://idp.example/',
        audience: 'api',
        clientId: 'console',
        scope: 'openid',
      },
    };
    const { headers, body } = await serve('settings.json', {}, settings);
    expect(JSON.parse(body)).toEqual(settings);
    expect(headers['content-type']).toBe('application/json');
  });

  it('lets the page load nothing but its own files, and no other page frame it', async () => {
    const { headers } = await serve();
    const policy = headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});
