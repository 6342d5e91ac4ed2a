import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { envelopeSchema, eventContract } from '#events/catalog/contract.ts';
import { apiHandler } from '#runtime/adapters/api.ts';
import type { HttpResponse } from '#runtime/adapters/http-event.ts';
import { subscriptionHandler } from '#runtime/adapters/queue.ts';
import { webhookHandler } from '#runtime/adapters/webhook.ts';
import { subscription } from '#runtime/contract/subscription.ts';
import { webhook } from '#runtime/contract/webhook.ts';
import { validate } from '#runtime/schema/validate.ts';
import { createTokenVerifier } from '#runtime/tokens/verifier.ts';
import { fuzzed } from '#test/support/fuzz.ts';
import { damaged, hostileText, mutated, textOf } from '#test/support/hostile.ts';
import {
  environment,
  httpEvent,
  invokedBy,
  lambdaContext,
  probe,
  probeOperations,
  quietTelemetry,
  securityHeaders,
} from '../support.ts';

const options = () => ({
  environment: environment({
    ANINEEPLUS_CALLERS: '{"call_shop_api":["echo","look"]}',
    ANINEEPLUS_AUTH_ISSUER: 'https://issuer.example/',
    ANINEEPLUS_AUTH_AUDIENCE: '["api"]',
    ANINEEPLUS_AUTH_JWKS_URL: 'http://127.0.0.1:1/jwks.json',
  }),
  telemetry: quietTelemetry(),
});
const texts = fc.dictionary(
  fc.oneof(fc.constantFrom('id', 'limit', 'exact', '__proto__'), hostileText),
  hostileText,
  {
    maxKeys: 4,
  },
);

/** Nobody's prototype has got a member. */
const expectCleanPrototypes = (): void => {
  for (const name of ['a', 'polluted', 'amount']) expect(name in {}).toBe(false);
};

describe('an HTTP event that holds anything', () => {
  const handler = apiHandler(probe(), probeOperations, options());
  const body = { id: 'a', amount: '1', limit: 2, exact: true, meta: { a: 1 } };

  it('is answered with a success or a refusal', async () => {
    const bodies = fc.oneof({ weight: 3, arbitrary: mutated(body).map(textOf) }, damaged(textOf(body)));
    const route = fc.constantFrom('POST /echo/{id}', 'GET /echo', 'GET /nowhere', '$default');
    const property = fc.asyncProperty(
      fc.tuple(route, bodies, texts, texts, texts, fc.boolean()),
      async ([key, given, query, path, headers, isBase64]) => {
        const bytes = Buffer.from(given);
        const event = httpEvent(key, {
          body: isBase64 ? bytes.toString('base64') : bytes.toString('utf8'),
          isBase64Encoded: isBase64,
          query,
          path,
          headers,
        });
        const answer = (await handler(event, lambdaContext)) as HttpResponse;
        expect(answer.statusCode, answer.body).toBeLessThan(500);
        expect(answer.headers).toMatchObject(securityHeaders);
        expect(() => JSON.parse(answer.body)).not.toThrow();
        expectCleanPrototypes();
      },
    );
    await fc.assert(property, fuzzed(1_500));
  });
});

describe('a call between functions that holds anything', () => {
  const handler = apiHandler(probe(), probeOperations, options());
  const call = {
    kind: 'operation',
    operation: 'echo',
    input: { id: 'a' },
    token: 'x',
    scopes: ['a'],
    chain: ['b'],
  };

  it('is answered with a reply, never by a failed invocation', async () => {
    const events = fc.oneof({ weight: 4, arbitrary: mutated(call) }, fc.jsonValue(), fc.anything());
    const alias = fc.constantFrom('call_shop_api', 'health', 'live', 'graphql', 'nobody');
    const property = fc.asyncProperty(events, alias, async (event, by) => {
      const reply = (await handler(event, invokedBy(by))) as { readonly status?: unknown };
      if (by === 'call_shop_api') expect([200, 201, 400, 401, 403, 404, 503]).toContain(reply.status);
      expectCleanPrototypes();
    });
    await fc.assert(property, fuzzed(1_000));
  });
});

describe('a delivery that holds anything', () => {
  it('reaches the webhook with its bytes, or is refused for its size', async () => {
    let seen: Buffer | undefined;
    const hook = webhook<{ started: number }>({
      summary: 'Keeps the body',
      async handle({ request }) {
        seen = request.rawBody;
        return { outcome: 'processed' };
      },
    });
    const handler = webhookHandler(probe(), 'hook', hook, options());
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), texts, async (bytes, headers) => {
      seen = undefined;
      const { statusCode } = await handler(
        {
          rawPath: '/webhooks/hook',
          headers,
          body: Buffer.from(bytes).toString('base64'),
          isBase64Encoded: true,
          requestContext: { requestId: 'd-1', http: { method: 'POST' } },
        },
        lambdaContext,
      );
      const isLarge = bytes.length > 20;
      expect([statusCode, seen && [...seen]]).toEqual(isLarge ? [413, undefined] : [200, [...bytes]]);
    });
    await fc.assert(property, fuzzed(500));
  });
});

describe('a batch of events that hold anything', () => {
  const thing = eventContract({
    type: 'thing.done',
    version: '1.0.0',
    summary: 'A thing was done',
    data: () => z.object({ size: z.int(), note: z.optional(z.string()) }),
  });
  const envelope = {
    id: 'th_1:1:1',
    type: 'thing.done.v1',
    occurredAt: '2026-11-23T10:00:00.000Z',
    tenant: 'default',
    aggregate: { type: 'thing', id: 'th_1' },
    sequence: 1,
    cause: { kind: 'api', id: 'r' },
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    data: { size: 1 },
  };
  const message = { 'detail-type': 'thing.done.v1', source: 'anineeplus.test.shop', detail: envelope };
  const bodies = fc.oneof(
    { weight: 4, arbitrary: mutated(envelope).map((detail) => textOf({ ...message, detail })) },
    mutated(message).map(textOf),
    damaged(textOf(message)).map(String),
  );
  const fits = (body: string): boolean => {
    try {
      return validate(envelopeSchema(thing), (JSON.parse(body) as { detail?: unknown })?.detail).ok;
    } catch {
      return false;
    }
  };

  it('gives back those that do not fit their contract, and those alone', async () => {
    const handled: unknown[] = [];
    const onThing = subscription<typeof thing, { started: number }>({
      event: thing,
      handle: async ({ event }) => void handled.push(event),
    });
    const handler = subscriptionHandler(probe(), 'onThing', onThing, options());
    const batches = fc.array(bodies, { minLength: 1, maxLength: 5 });
    const property = fc.asyncProperty(batches, async (given) => {
      handled.length = 0;
      const Records = [...given, textOf(message)].map((body, at) => ({ messageId: `m${at}`, body }));
      const { batchItemFailures } = await handler({ Records }, lambdaContext);
      const returned = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      const unfit = Records.filter(({ body }) => !fits(body));
      expect(returned).toEqual(unfit.map(({ messageId }) => messageId));
      expect(handled).toHaveLength(Records.length - unfit.length);
      expectCleanPrototypes();
    });
    await fc.assert(property, fuzzed(500));
  });
});

describe('a token that holds anything', () => {
  const verify = createTokenVerifier({
    issuer: 'https://issuer.example/',
    audience: ['api'],
    jwksUrl: 'http://127.0.0.1:1/jwks.json',
  });
  const encoded = (value: unknown) => Buffer.from(textOf(value)).toString('base64url');

  it('is a refusal; only one that names a key asks for the keys, which are not there', async () => {
    const header = fc.oneof(mutated({ alg: 'RS256', typ: 'JWT' }), mutated({ alg: 'none' }), fc.jsonValue());
    const claims = mutated({ iss: 'https://issuer.example/', aud: 'api', exp: 9e9, tenant: 'a' });
    const token = fc.oneof(
      hostileText,
      fc
        .tuple(header, claims, hostileText)
        .map(([head, told, signature]) =>
          [encoded(head), encoded(told), Buffer.from(signature).toString('base64url')].join('.'),
        ),
    );
    const property = fc.asyncProperty(token, async (text) => {
      const refusal = await verify(text).then(
        () => ({ status: 200, code: 'verified' }),
        (error: { status: number; code: string }) => error,
      );
      expect([401, 503]).toContain(refusal.status);
    });
    await fc.assert(property, fuzzed(500));
  });
});
