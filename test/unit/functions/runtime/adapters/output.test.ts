import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { apiHandler } from '#runtime/adapters/api.ts';
import type { HttpResponse } from '#runtime/adapters/http-event.ts';
import { replyFrom } from '#runtime/adapters/output.ts';
import type { ProblemError } from '#runtime/contract/errors.ts';
import { operation } from '#runtime/contract/operation.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { created, ok, type Reply } from '#runtime/contract/reply.ts';
import { environment, httpEvent, invokedBy, lambdaContext, quietTelemetry } from '../support.ts';

const item = z.object({ id: z.string(), price: z.optional(z.number()) });
const output = z.object({ items: z.array(item), note: z.optional(z.unknown()) });

const from = (
  returned: unknown,
  over: { strict?: boolean; output?: z.ZodMiniType; successStatus?: number } = {},
) =>
  replyFrom({
    name: 'look',
    operation: {
      output: over.output ?? output,
      ...(over.successStatus && { successStatus: over.successStatus }),
    },
    returned,
    strict: over.strict ?? false,
  });

function refusal(returned: unknown, over: Parameters<typeof from>[1] = {}): string {
  try {
    return `accepted: ${JSON.stringify(from(returned, over))}`;
  } catch (error) {
    const { code, status, detail, cause } = error as ProblemError;
    expect([code, status, detail]).toEqual([
      'output-invalid',
      500,
      over.strict ? (cause as Error).message : undefined,
    ]);
    return (cause as Error).message.replace('The answer of "look" does not fit: ', '');
  }
}

describe('what an operation returns', () => {
  it('is the output, sent with the status of success', () => {
    expect(from({ items: [] })).toEqual({ status: 200, body: { items: [] } });
    expect(from({ items: [] }, { successStatus: 201 })).toEqual({ status: 201, body: { items: [] } });
    expect(from(Object.assign(Object.create(null), { items: [] }))).toEqual({
      status: 200,
      body: { items: [] },
    });
    expect(from([1, 2], { output: z.array(z.int()) })).toEqual({ status: 200, body: [1, 2] });
  });

  it('loses what the output does not name, so that a stored record can be returned', () => {
    const row = { items: [{ id: 'a', cost: 1n }], createdAt: new Date(0), passwordHash: 'x' };
    expect(from(row, { strict: true })).toEqual({ status: 200, body: { items: [{ id: 'a' }] } });
  });

  it('is a reply when it has status, body and perhaps headers, and nothing else', () => {
    const headers = { location: '/items/1' };
    expect(from(created({ items: [] }, headers))).toEqual({ status: 201, body: { items: [] }, headers });
    expect(from({ status: 202, body: { items: [] } })).toEqual({ status: 202, body: { items: [] } });
  });

  it('is an output also when it has members of those names', () => {
    const letter = z.object({ status: z.string(), body: z.string() });
    expect(from({ status: 'sent', body: 'Dear' }, { output: letter }).body).toEqual({
      status: 'sent',
      body: 'Dear',
    });
    const answer = z.object({ id: z.string(), status: z.int(), body: z.string() });
    const returned = { id: 'a', status: 200, body: 'ok' };
    expect(from(returned, { output: answer })).toEqual({ status: 200, body: returned });
  });

  it('must be wrapped when it has exactly the form of a reply, or it does not compile', () => {
    const probe = z.object({ status: z.int(), body: z.string() });
    const common = { summary: '', input: z.object({}), errors: {}, idempotency: 'none' } as const;
    const wrapped = ok({ status: 404, body: 'gone' });
    operation({ ...common, output: probe, run: async () => wrapped });
    // @ts-expect-error -- the body of this reply is not the output
    operation({ ...common, output: probe, run: async () => ({ status: 404, body: 'gone' }) });
    // @ts-expect-error -- a member has another type than in the output
    operation({ ...common, output: z.object({ id: z.string() }), run: async () => ({ id: 1 }) });
    expect(from(wrapped, { output: probe, strict: true })).toEqual({
      status: 200,
      body: { status: 404, body: 'gone' },
    });
  });

  it.each([
    ['nothing', undefined, 'it must be JSON and is of type undefined'],
    ['null', null, 'it must be of type object'],
    ['a text', 'sk_live_secret', 'it must be of type object'],
    ['a list', [], 'it must be of type object'],
    ['a member too few', {}, 'items is required'],
    ['a wrong member', { items: [{ id: 4242 }] }, 'items.0.id must be of type string'],
    ['a Response', new Response('sk_live_secret'), 'it must be JSON and is an instance of Response'],
    ['a promise', Promise.resolve({ items: [] }), 'it must be JSON and is an instance of Promise'],
    [
      'a promise as a member',
      { items: [], note: Promise.resolve(1) },
      'note must be JSON and is an instance of Promise',
    ],
    ['a bigint', { items: [], note: { a: [1n] } }, 'note.a.0 must be JSON and is of type bigint'],
    ['a date', { items: [], note: new Date(0) }, 'note must be JSON and is an instance of Date'],
    ['a function', { items: [], note: () => 1 }, 'note must be JSON and is of type function'],
    ['no number', { items: [], note: Number.NaN }, 'note must be a finite number'],
    ['a hole in a list', { items: [], note: [undefined] }, 'note.0 must be JSON and is of type undefined'],
  ])('%s is refused by member and rule, never by value', (_, returned, rule) => {
    const told = refusal(returned);
    expect(told).toContain(rule);
    expect(told).not.toMatch(/4242|sk_live/);
  });

  it('is refused where an optional object is a promise that nobody awaited', () => {
    const lazy = z.object({ item: z.object({ id: z.optional(z.string()) }) });
    expect(refusal({ item: Promise.resolve({ id: 'a' }) }, { output: lazy })).toBe(
      'item must be JSON and is an instance of Promise',
    );
  });

  it('is refused when it leads back to itself', () => {
    const loop: Record<string, unknown> = { items: [] };
    loop['note'] = { again: loop };
    expect(refusal(loop)).toContain('must have at most 100 levels');
    expect(refusal(ok(loop))).toContain('must have at most 100 levels');
  });

  it.each([
    [{ status: 42, body: {} }, 'status must be an HTTP status from 200 to 599'],
    [{ status: 200, body: {}, headers: { a: 1 } }, 'headers must be an object of strings'],
  ])('is no reply that HTTP cannot carry: %j', (returned, rule) => {
    expect(refusal(returned)).toBe(rule);
  });
});

describe('the body of a reply', () => {
  it('is checked against the output where strict, and only there', () => {
    const wrong = ok({ items: [{ id: 1 }] });
    expect(refusal(wrong, { strict: true })).toBe('items.0.id must be of type string');
    expect(from(wrong)).toEqual(wrong);
  });

  it('can always be sent as JSON', () => {
    expect(refusal(ok({ items: [], note: 1n }))).toBe('note must be JSON and is of type bigint');
  });

  it('has no member that clients cannot know of', () => {
    const extra = { status: 202, body: { items: [{ id: 'a', margin: 1 }] } };
    expect(refusal(extra, { strict: true })).toBe('items.0.margin is not a member of `output`');
  });

  it.each([204, 303, 400])('is not the output with status %i', (status) => {
    const reply: Reply<unknown> = { status, body: status === 204 ? undefined : { errors: [] } };
    expect(from(reply, { strict: true })).toEqual(reply);
  });
});

const manifest = {
  name: 'probe',
  version: '1.0.0',
  description: 'Returns what it is told to',
  author: 'test',
  operations: { look: { http: { method: 'GET', path: '/look' }, scope: 'probe:read' } },
};

const plugin = definePlugin({ manifest, config: z.object({}), initialize: () => ({}) });
const look = (returned: unknown) =>
  operation({
    summary: 'Returns what it is told to',
    input: z.object({}),
    output,
    errors: {},
    idempotency: 'none',
    run: async () => returned as { items: [] },
  });

describe('on every way in', () => {
  const direct = { kind: 'operation', operation: 'look', input: {} };
  const byShop = invokedBy('call_shop_api');
  const handlerOf = (returned: unknown, stage = 'test') => {
    const telemetry = quietTelemetry();
    const known = environment({
      ANINEEPLUS_STAGE: stage,
      ANINEEPLUS_AUTH: 'none',
      ANINEEPLUS_CALLERS: '{"call_shop_api":["look"]}',
    });
    const handler = apiHandler(plugin, { look: look(returned) }, { environment: known, telemetry });
    return { handler, telemetry };
  };

  it('a bare output is the body', async () => {
    const { handler } = handlerOf({ items: [{ id: 'a' }] });
    const response = (await handler(httpEvent('GET /look'), lambdaContext)) as HttpResponse;
    expect([response.statusCode, JSON.parse(response.body)]).toEqual([200, { items: [{ id: 'a' }] }]);
    expect(await handler(direct, byShop)).toEqual({ status: 200, body: { items: [{ id: 'a' }] } });
  });

  it('one that does not fit is a 500, and the log names operation, member and rule', async () => {
    const { handler, telemetry } = handlerOf({ items: [{ id: 4242 }] }, 'prod');
    const response = (await handler(httpEvent('GET /look'), lambdaContext)) as HttpResponse;
    expect(JSON.parse(response.body)).toMatchObject({ status: 500, code: 'output-invalid' });
    expect(JSON.parse(response.body)).not.toHaveProperty('detail');
    expect(await handler(direct, byShop)).toMatchObject({
      status: 500,
      body: { code: 'output-invalid' },
    });
    for (const { level, message, fields } of telemetry.lines) {
      expect([level, message]).toEqual(['error', 'output-invalid']);
      expect(fields['causes']).toContain(
        'OutputError: The answer of "look" does not fit: items.0.id must be of type string',
      );
      expect(JSON.stringify(fields)).not.toContain('4242');
    }
    expect(telemetry.lines).toHaveLength(2);
  });

  it.each([
    ['local', 500],
    ['test', 500],
    ['prod', 200],
  ])('a reply on the stage %s is a %i when its body is not the output', async (stage, status) => {
    const { handler } = handlerOf(ok({ items: 'none' }), stage);
    const response = (await handler(httpEvent('GET /look'), lambdaContext)) as HttpResponse;
    expect(response.statusCode).toBe(status);
    if (status === 500) {
      expect(JSON.parse(response.body).detail).toBe(
        'The answer of "look" does not fit: items must be of type array',
      );
    }
  });
});
