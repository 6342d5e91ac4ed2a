import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthorizer } from '#infra/local/api-gateway/authorizer.ts';
import { isRemoteIssuer } from '#infra/local/api-gateway/issuers.ts';
import { type LocalIssuer, openIssuer } from '#infra/local/api-gateway/local-issuer.ts';
import type { RouteResource } from '#infra/local/resources/api-gateway.ts';
import { signerOf, unusableTokens } from '#test/support/tokens.ts';

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

/** The local issuer's own key, to sign what it would not mint. */
const signer = () =>
  signerOf(JSON.parse(readFileSync(join(stateDir, 'issuer.json'), 'utf8')), {
    issuer: ISSUER,
    audience: 'anineeplus-local',
    scope: 'payments:write',
  });

const mint = (claims: Record<string, unknown>, more: Partial<Parameters<LocalIssuer['mint']>[1]> = {}) =>
  issuer.mint(claims, { issuer: ISSUER, audience: 'anineeplus-local', expiresInSeconds: 60, ...more });

describe('without a token', () => {
  it("the call is the developer's, with every scope", async () => {
    expect((await judge(undefined)).authorizer).toMatchObject({
      jwt: {
        claims: { sub: 'developer', tenant: 'default', scope: 'payments:read payments:write' },
        scopes: ['payments:write'],
      },
    });
  });

  it('the function gets a token of the developer, as good as any other', async () => {
    const authorize = authorizerOf(false);
    const { developerToken } = (await authorize(route, undefined)) as { developerToken?: string };
    expect(developerToken).toMatch(/^Bearer ey/);
    expect((await judge(developerToken, { strict: true })).authorizer?.jwt.claims).toMatchObject({
      sub: 'developer',
      aud: 'anineeplus-local',
    });
    expect(await authorize(route, undefined)).toMatchObject({ developerToken });
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

  it.each(unusableTokens)('that is %s is 401, also for the developer', async (_name, make) => {
    expect(await judge(await make(signer()))).toMatchObject({
      status: 401,
      challenge: 'Bearer scope="payments:write", error="invalid_token"',
    });
  });

  it.each(['nonsense', '', 'Basic dTpw'])('that is no token (%j) is 401', async (authorization) => {
    expect((await judge(authorization)).status).toBe(401);
  });
});

it('keeps its keys over a restart, for their owner alone', async () => {
  const again = await openIssuer(stateDir);
  expect(again.jwks).toEqual(issuer.jwks);
  expect(JSON.stringify(again.jwks)).not.toContain('"d"');
  expect(statSync(join(stateDir, 'issuer.json')).mode & 0o777).toBe(0o600);
});

it('replaces keys of an algorithm that API Gateway does not take', async () => {
  const old = mkdtempSync(join(tmpdir(), 'anineeplus-jwt-'));
  writeFileSync(
    join(old, 'issuer.json'),
    JSON.stringify({ kty: 'EC', crv: 'P-256', alg: 'ES256', kid: 'k' }),
  );
  expect((await openIssuer(old)).jwks.keys).toMatchObject([{ kty: 'RSA', alg: 'RS256', use: 'sig' }]);
  rmSync(old, { recursive: true, force: true });
});

it.each([
  ['https://idp.acme-corp.io/', true],
  ['https://local.anineeplus.dev/', false],
  ['https://localhost:8443/', true],
  ['https://127.0.0.1:8443/realms/shop', true],
  ['https://idp.example/', false],
  ['http://idp.acme-corp.io/', false],
  ['not a url', false],
  [undefined, false],
])('asks the issuer %s for its keys: %s', (given, expected) => {
  expect(isRemoteIssuer(given)).toBe(expected);
});
