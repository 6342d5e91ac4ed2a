import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RouteResource } from '#infra/local/assembly/types.ts';
import { createAuthorizer, isRemoteIssuer } from '#infra/local/http/authorizer.ts';
import { type LocalIssuer, openIssuer } from '#infra/local/http/keys.ts';

const ISSUER = 'https://local.anineeplus.dev/';
const route: RouteResource = {
  key: 'POST /payments',
  functionArn: '',
  auth: 'jwt',
  scopes: ['payments:write'],
  issuer: ISSUER,
  audience: ['anineeplus-local'],
};

let stateDir: string;
let issuer: LocalIssuer;
beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'anineeplus-jwt-'));
  issuer = await openIssuer(stateDir);
});
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

const authorizerOf = (strict: boolean) =>
  createAuthorizer({ issuer, strict, allScopes: () => ['payments:read', 'payments:write'] });

async function judge(
  authorization: string | undefined,
  { strict = false, on = route, foreign = false } = {},
) {
  const { authorizer, refusal } = {
    authorizer: undefined,
    ...(await authorizerOf(strict)(on, authorization, foreign)),
  };
  return {
    authorizer,
    status: refusal?.status,
    challenge: refusal?.headers['www-authenticate'],
    body: refusal?.body,
  };
}

const mint = (claims: Record<string, unknown>, more: Partial<Parameters<LocalIssuer['mint']>[1]> = {}) =>
  issuer.mint(claims, { issuer: ISSUER, audience: 'anineeplus-local', expiresInSeconds: 60, ...more });

describe('without a token', () => {
  it("the call is the developer's, with every scope", async () => {
    expect((await judge(undefined)).authorizer).toEqual({
      jwt: {
        claims: { sub: 'developer', tenant: 'default', scope: 'payments:read payments:write' },
        scopes: ['payments:write'],
      },
    });
  });

  it('the call is refused when a web page of another origin makes it', async () => {
    expect(await judge(undefined, { foreign: true })).toMatchObject({ status: 401, authorizer: undefined });
    const token = await mint({ sub: 'a', scope: 'payments:write' });
    expect((await judge(`Bearer ${token}`, { foreign: true })).status).toBeUndefined();
  });

  it('the call is refused when tokens are demanded', async () => {
    expect(await judge(undefined, { strict: true })).toMatchObject({
      status: 401,
      body: '{"message":"Unauthorized"}',
      challenge: 'Bearer scope="payments:write"',
    });
  });
});

describe('with a token', () => {
  it('that is good, its claims reach the function as text', async () => {
    const token = await mint({ sub: 'u1', tenant: 't1', scope: 'a payments:write', groups: ['x', 'y'] });
    for (const authorization of [`Bearer ${token}`, `bearer ${token}`, token]) {
      const { authorizer } = await judge(authorization, { strict: true });
      expect(authorizer?.jwt).toMatchObject({
        claims: { sub: 'u1', tenant: 't1', groups: '[x y]', exp: expect.stringMatching(/^\d+$/) },
        scopes: ['payments:write'],
      });
    }
  });

  it('that lacks the scope is 403', async () => {
    expect(await judge(`Bearer ${await mint({ scope: 'payments:read' })}`)).toMatchObject({
      status: 403,
      body: '{"message":"Forbidden"}',
      challenge: 'Bearer scope="payments:write", error="insufficient_scope"',
    });
  });

  it('any scope will do where the route asks for none', async () => {
    const { authorizer } = await judge(await mint({ sub: 'u' }), { on: { ...route, scopes: [] } });
    expect(authorizer?.jwt.scopes).toBeNull();
  });

  it.each<[string, () => Promise<string> | string]>([
    ['nonsense', () => 'Bearer nonsense'],
    ['an empty one', () => ''],
    ['of another scheme', () => 'Basic dTpw'],
    ['expired', () => mint({ scope: 'payments:write' }, { expiresInSeconds: -10 })],
    ['for another audience', () => mint({ scope: 'payments:write' }, { audience: 'other' })],
    ['of another issuer', () => mint({ scope: 'payments:write' }, { issuer: 'https://local.other.dev/' })],
    ['not yet valid', () => mint({ scope: 'payments:write', nbf: Math.floor(Date.now() / 1000) + 600 })],
    ['without a signature', () => new UnsecuredJWT({ scope: 'payments:write' }).setIssuer(ISSUER).encode()],
    ['signed by a stranger under our key id', () => strangersToken(issuer.keyId)],
    [
      'altered',
      async () =>
        (await mint({ scope: 'payments:read' })).replace(/\.[^.]+\./, (body) => `${body.slice(0, -2)}x.`),
    ],
  ])('that is %s is 401, also for the developer', async (_name, make) => {
    expect(await judge(await make())).toMatchObject({
      status: 401,
      challenge: 'Bearer scope="payments:write", error="invalid_token"',
    });
  });

  async function strangersToken(kid: string): Promise<string> {
    const { privateKey } = await generateKeyPair('ES256');
    return new SignJWT({ scope: 'payments:write' })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuer(ISSUER)
      .setAudience('anineeplus-local')
      .setExpirationTime('1m')
      .sign(privateKey);
  }
});

it('keeps its keys over a restart, for their owner alone', async () => {
  const again = await openIssuer(stateDir);
  expect(again.jwks).toEqual(issuer.jwks);
  expect(JSON.stringify(again.jwks)).not.toContain('"d"');
  expect(statSync(join(stateDir, 'issuer.json')).mode & 0o777).toBe(0o600);
});

it.each([
  ['https://idp.acme-corp.io/', true],
  ['https://local.anineeplus.dev/', false],
  ['https://localhost:8443/', false],
  ['http://idp.acme-corp.io/', false],
  ['not a url', false],
  [undefined, false],
])('asks the issuer %s for its keys: %s', (given, expected) => {
  expect(isRemoteIssuer(given)).toBe(expected);
});
