import { describe, expect, it } from 'vitest';
import type { Json } from '#testing/client.ts';
import { forEach, jsonOf, type RawAnswer } from '../../support/raw-http.ts';
import { effectsOf, nothing } from './effects.ts';
import { foreignTenantTests } from './foreign-tenant.ts';
import { exampleRequest, fieldDocument } from './operations.ts';
import { insufficientScopes, invalidTokens, type Refusal } from './refusals.ts';
import type { SecuredSystem } from './secured-system.ts';

const STATUS = { invalid_token: 401, insufficient_scope: 403 } as const;
const MESSAGE: Readonly<Record<number, string>> = { 401: 'Unauthorized', 403: 'Forbidden' };

/** What is wrong with an answer of the authorizer, if anything is. */
function faultsOf(answer: RawAnswer, { error }: Refusal, scope: string | undefined, what: string): string[] {
  const status = error === undefined ? 401 : STATUS[error];
  const challenge = [scope && `scope="${scope}"`, error && `error="${error}"`].filter(Boolean).join(', ');
  const expected = `${status} Bearer ${challenge}`.trim();
  const found = `${answer.status} ${String(answer.headers['www-authenticate'])}`;
  const isExpected = found === expected && answer.text === `{"message":"${MESSAGE[status]}"}`;
  return isExpected ? [] : [`${what}: ${found} ${answer.text}`];
}

const withQuery = (path: string, query: string | undefined): string =>
  query === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;

const pairsOf = <A, B>(all: readonly A[], others: readonly B[]): (readonly [A, B])[] =>
  all.flatMap((one) => others.map((other) => [one, other] as const));

/** Every operation by every caller that must not have it. @param system the one that is started before the tests */
export function authorizationMatrix(system: () => SecuredSystem): void {
  let cases = 0;
  const count = (number: number): void => void (cases += number);
  describe('a caller without a valid token', () => invalidTokenTests(system, count));
  describe('a caller without the scope', () => scopeTests(system, count));
  describe('a caller of another tenant', () => foreignTenantTests(system, count));
  describe('the matrix', () => {
    it('has every operation, and reading and changing need different scopes', () => {
      const { operations, fields } = system();
      const wrong = operations.filter(({ method, scope = '' }) =>
        method === 'GET' ? scope.endsWith(':write') : scope.endsWith(':read'),
      );
      expect(wrong).toEqual([]);
      // These two serve every plugin: any valid token may ask, and each field asks for its own scope.
      const open = operations.filter(({ scope }) => scope === undefined).map(({ id }) => id);
      expect(open.toSorted()).toEqual(['getOpenApi', 'graphql']);
      expect(fields.filter(({ scope }) => scope === undefined)).toEqual([]);
      console.log(`authorization: ${cases} cases of ${operations.length} routes and ${fields.length} fields`);
    });
  });
}

function invalidTokenTests(system: () => SecuredSystem, count: (number: number) => void): void {
  let made: Promise<readonly Refusal[]> | undefined;
  const refusals = () => (made ??= invalidTokens(system().signer));

  it('reaches no operation over HTTP', async () => {
    const { operations, objects, send, platform } = system();
    const pairs = pairsOf(operations, await refusals());
    count(pairs.length);
    const faults: string[] = [];
    const effects = await effectsOf(platform, () =>
      forEach(pairs, async ([operation, refusal]) => {
        const { path, headers = [], ...rest } = exampleRequest(operation, objects.valuesFor(operation.path));
        const answer = await send({
          ...rest,
          path: withQuery(path, refusal.query),
          headers: [...headers, ...refusal.headers],
        });
        faults.push(...faultsOf(answer, refusal, operation.scope, `${operation.id} with ${refusal.name}`));
      }),
    );
    expect(faults).toEqual([]);
    expect(effects).toEqual(nothing);
  });

  it('reaches no field of GraphQL', async () => {
    const { fields, objects, send, platform } = system();
    const pairs = pairsOf(fields, await refusals());
    count(pairs.length);
    const faults: string[] = [];
    const effects = await effectsOf(platform, () =>
      forEach(pairs, async ([field, refusal]) => {
        const answer = await send({
          method: 'POST',
          path: withQuery('/graphql', refusal.query),
          headers: refusal.headers,
          body: JSON.stringify({ query: fieldDocument(field, objects.valuesFor(field.path)) }),
        });
        faults.push(...faultsOf(answer, refusal, undefined, `${field.name} with ${refusal.name}`));
      }),
    );
    expect(faults).toEqual([]);
    expect(effects).toEqual(nothing);
  });

  it('delivers no webhook, and neither does a valid token instead of a signature', async () => {
    const { webhooks, send, platform, ownHeaders } = system();
    const valid = { name: 'a valid token', headers: ownHeaders, query: undefined };
    const pairs = pairsOf(webhooks, [...(await refusals()), valid]);
    count(pairs.length);
    const faults: string[] = [];
    const effects = await effectsOf(
      platform,
      () =>
        forEach(pairs, async ([path, { name, query, headers }]) => {
          const to = withQuery(path, query);
          const answer = await send({ method: 'POST', path: to, headers, body: '{"id":"evt_1"}' });
          if (answer.status !== 400 || jsonOf(answer)?.code !== 'invalid-signature')
            faults.push(`${path} with ${name}: ${answer.status} ${answer.text}`);
        }),
      ['function-url'],
    );
    expect(faults).toEqual([]);
    expect([effects.invocations.length, effects.providerCalls]).toEqual([pairs.length, []]);
    // The rejection itself is published, once a minute and environment.
    expect(effects.writes.length).toBeLessThan(pairs.length / 2);
  });
}

function scopeTests(system: () => SecuredSystem, count: (number: number) => void): void {
  it('reaches no operation over HTTP', async () => {
    const { operations, objects, signer, scopes, send, platform } = system();
    const pairs = await forEach(operations, async (one) =>
      one.scope === undefined ? [] : pairsOf([one], await insufficientScopes(signer, one.scope, scopes)),
    );
    count(pairs.flat().length);
    const faults: string[] = [];
    const effects = await effectsOf(platform, () =>
      forEach(pairs.flat(), async ([operation, refusal]) => {
        const { headers = [], ...rest } = exampleRequest(operation, objects.valuesFor(operation.path));
        const answer = await send({ ...rest, headers: [...headers, ...refusal.headers] });
        faults.push(...faultsOf(answer, refusal, operation.scope, `${operation.id} with ${refusal.name}`));
      }),
    );
    expect(faults).toEqual([]);
    expect(effects).toEqual(nothing);
  });

  it('gets no field of GraphQL', async () => {
    const { fields, objects, signer, scopes, graphql, platform } = system();
    // The function of a plugin reads the scopes, which is the same for all of its fields: one gets every case.
    const pairs = await forEach(fields, async (field, at) => {
      const all = await insufficientScopes(signer, field.scope ?? '', scopes);
      return pairsOf([field], at === 0 ? all : all.slice(0, 2));
    });
    count(pairs.flat().length);
    const faults: string[] = [];
    const effects = await effectsOf(platform, () =>
      forEach(pairs.flat(), async ([field, { name, headers }]) => {
        const query = fieldDocument(field, objects.valuesFor(field.path));
        const { status, body } = await graphql(query, headers);
        const isRefused = status === 200 && body.errors?.[0]?.extensions.code === 'forbidden';
        if (!isRefused || body.data?.[field.name])
          faults.push(`${field.name} with ${name}: ${JSON.stringify(body)}`);
      }),
    );
    expect(faults).toEqual([]);
    expect(effects).toMatchObject({ providerCalls: [], writes: [] });
    expect(effects.invocations.length).toBeGreaterThanOrEqual(pairs.flat().length);
  });

  it('is not one who has that scope alone', async () => {
    const { operations, fields, headersOf, graphql, send } = system();
    count(operations.length + fields.length);
    const faults: string[] = [];
    await forEach(operations, async (operation) => {
      const { path, method } = exampleRequest(operation, { id: 'nothing', name: 'nothing' });
      const headers = await headersOf({ scope: operation.scope ?? '' });
      // A body that fits no schema, so that what is let in has no effect.
      const answer = await send({ method, path, headers, body: method === 'GET' ? undefined : '{"":0}' });
      const isLetIn = answer.status < 500 && answer.status !== 401 && answer.status !== 403;
      if (!isLetIn) faults.push(`${operation.id}: ${answer.status} ${answer.text}`);
    });
    await forEach(fields, async (field) => {
      const document = fieldDocument(field, { idempotencyKey: 'not a key', id: 'nothing' });
      const { body } = await graphql(document, await headersOf({ scope: field.scope ?? '' }));
      const codes = (body.errors ?? []).map(({ extensions }: Json) => extensions.code) as string[];
      const refused = codes.some((code) => ['forbidden', 'unauthorized', 'internal-error'].includes(code));
      if (refused) faults.push(`${field.name}: ${JSON.stringify(body)}`);
    });
    expect(faults).toEqual([]);
  });
}
