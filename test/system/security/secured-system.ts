import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import { decodeJwt, type JWTPayload } from 'jose';
import { mintToken } from '#testing/callers.ts';
import type { Json } from '#testing/client.ts';
import { manifestsOf } from '#testing/plugins.ts';
import { platformRoot } from '#testing/project.ts';
import { startTestPlatform, type TestPlatform } from '#testing/index.ts';
import { jsonOf, type RawRequest, rawClient, type Send } from '../../support/raw-http.ts';
import { type Signer, signerOf } from '../../support/tokens.ts';
import { untilQuiet } from './effects.ts';
import { createObjects, type TenantObjects } from './objects.ts';
import {
  type FieldOperation,
  fieldOperations,
  type HttpOperation,
  httpOperations,
  introspection,
  schemaOf,
} from './operations.ts';

type Headers = NonNullable<RawRequest['headers']>;
type GraphqlAnswer = { readonly status: number; readonly body: Json };

/** The tenant of the objects that other tenants must not see. */
export const TENANT = 'acme';

/** A system that demands tokens, with what a test of its defences has to know. */
export interface SecuredSystem {
  readonly platform: TestPlatform;
  readonly send: Send;
  readonly operations: readonly HttpOperation[];
  readonly fields: readonly FieldOperation[];
  readonly schema: GraphQLSchema;
  /** The OpenAPI document. */
  readonly document: Json;
  /** Paths of the webhooks. */
  readonly webhooks: readonly string[];
  /** Every scope. */
  readonly scopes: readonly string[];
  /** Signs tokens of `TENANT` with the issuer's own key, with every scope unless the claims say otherwise. */
  readonly signer: Signer;
  /** The header of a token with these claims. */
  readonly headersOf: (claims?: JWTPayload) => Promise<Headers>;
  readonly ownHeaders: Headers;
  /** Objects of `TENANT`. */
  readonly objects: TenantObjects;
  readonly graphql: (query: string, headers: Headers, variables?: unknown) => Promise<GraphqlAnswer>;
  stop(): Promise<void>;
}

const VOUCHER_KEY = 'voucher-key-hunter2-0123456789abcdef';
/** Long enough for a whole run of tests. */
const TOKEN_SECONDS = 3600;

/** Sends again what a throttle refuses, which comes before the authorizer: it is not what these tests are about. */
const untilTaken =
  (send: Send): Send =>
  async (asked) => {
    for (;;) {
      const answer = await send(asked);
      if (answer.status !== 429) return answer;
      await sleep(250);
    }
  };

/** Starts every plugin of this project with `--auth strict`, loads them all, and makes a tenant's objects. */
export async function startSecuredSystem(): Promise<SecuredSystem> {
  const platform = await startTestPlatform({
    args: ['--auth', 'strict'],
    config: { 'advanced-plugin': { values: { voucher: { signingKey: VOUCHER_KEY } } } },
  });
  const { send: sendOnce, close } = rawClient(platform.url);
  const send = untilTaken(sendOnce);
  const { iss = '', aud, scope } = decodeJwt(await mintToken(platform.url));
  const key = JSON.parse(readFileSync(join(platform.stateDir, 'issuer.json'), 'utf8'));
  const signer = signerOf(key, { issuer: iss, audience: String(aud), scope: String(scope), tenant: TENANT });
  const headersOf: SecuredSystem['headersOf'] = async (claims = {}) => {
    const exp = Math.floor(Date.now() / 1000) + TOKEN_SECONDS;
    return [['authorization', `Bearer ${await signer.sign({ exp, ...claims })}`]];
  };
  const ownHeaders = await headersOf();
  const graphql: SecuredSystem['graphql'] = async (query, headers, variables) => {
    const body = JSON.stringify({ query, variables });
    const answer = await send({ method: 'POST', path: '/graphql', headers, body });
    return { status: answer.status, body: jsonOf(answer) };
  };
  for (const { name } of manifestsOf(platformRoot)()) {
    const body = JSON.stringify({ name });
    const loaded = await send({ method: 'POST', path: '/plugins/load', headers: ownHeaders, body });
    if (loaded.status !== 200) throw new Error(`${name} is not loaded: ${loaded.text}`);
  }
  const document = jsonOf(await send({ method: 'GET', path: '/openapi.json', headers: ownHeaders }));
  const schema = schemaOf((await graphql(introspection.query, ownHeaders)).body);
  const objects = await createObjects(platform, send, ownHeaders);
  await untilQuiet(platform);
  return {
    platform,
    send,
    document,
    schema,
    operations: httpOperations(document),
    fields: fieldOperations(schema),
    webhooks: manifestsOf(platformRoot)().flatMap(({ webhooks = {} }) =>
      Object.values(webhooks).map(({ path }) => path),
    ),
    scopes: String(scope).split(' '),
    signer,
    headersOf,
    ownHeaders,
    objects,
    graphql,
    async stop() {
      close();
      await platform.stop();
    },
  };
}
