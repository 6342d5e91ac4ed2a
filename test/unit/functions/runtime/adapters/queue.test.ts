import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { eventContract } from '#events/catalog/contract.ts';
import { subscriptionHandler } from '#runtime/adapters/queue.ts';
import { subscription } from '#runtime/contract/subscription.ts';
import { EventGapError } from '#runtime/inbox/event-gap-error.ts';
import { environment, lambdaContext, probe, quietTelemetry } from '../support.ts';

const thing = eventContract({
  type: 'thing.done',
  version: '1.0.0',
  summary: 'A thing was done',
  data: () => z.object({ size: z.int() }),
});
const envelope = (id: string, data: unknown) => ({
  id,
  type: 'thing.done.v1',
  occurredAt: '2026-11-23T10:00:00.000Z',
  tenant: 'default',
  aggregate: { type: 'thing', id: 'th_1' },
  sequence: 1,
  cause: { kind: 'api', id: 'r' },
  data,
});
const record = (messageId: string, body: unknown) => ({
  messageId,
  body: typeof body === 'string' ? body : JSON.stringify({ 'detail-type': 'thing.done.v1', detail: body }),
});

describe('a subscription', () => {
  it.each([
    ['local', 'plugins/probe/on-thing.ts:3:9'],
    ['prod', undefined],
  ])('logs where its code threw on this machine alone: stage %s', async (stage, at) => {
    const telemetry = quietTelemetry();
    const error = Object.assign(new Error('boom'), {
      stack: 'Error: boom\n    at Object.handle (/plugins/probe/on-thing.ts:3:9)',
    });
    const onThing = subscription<typeof thing, { started: number }>({
      event: thing,
      handle: () => Promise.reject(error),
    });
    const variables = { ANINEEPLUS_STAGE: stage, ANINEEPLUS_SOURCE_FOLDER: 'plugins/probe' };
    const options = { environment: environment(variables), telemetry };
    const handler = subscriptionHandler(probe(), 'onThing', onThing, options);
    await handler({ Records: [record('m1', envelope('e1', { size: 1 }))] }, lambdaContext);
    const line = telemetry.lines.find(({ message }) => message === 'An event could not be handled');
    expect(line?.fields['at']).toBe(at);
  });

  it('hands on what fits the contract and gives back only what failed', async () => {
    const handled: string[] = [];
    const telemetry = quietTelemetry();
    const onThing = subscription<typeof thing, { started: number }>({
      event: thing,
      async handle({ event }) {
        if (event.data.size < 0) throw new Error('cannot');
        handled.push(`${event.id}:${event.data.size}`);
      },
    });
    const handler = subscriptionHandler(probe(), 'onThing', onThing, {
      environment: environment(),
      telemetry,
    });
    const answer = await handler(
      {
        Records: [
          record('m1', envelope('e1', { size: 1 })),
          record('m2', envelope('e2', { size: 'secret' })),
          record('m3', '{not json'),
          record('m4', envelope('e4', { size: -1 })),
          record('m5', envelope('e5', { size: 5 })),
        ],
      },
      lambdaContext,
    );
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['m2', 'm3', 'm4']);
    expect(handled).toEqual(['e1:1', 'e5:5']);
    expect(telemetry.counts.get('plugin.events.failed')).toBe(3);
    expect(JSON.stringify(telemetry.lines[0])).not.toContain('secret');
  });

  it('handles the events of one aggregate in their order, also when one of them fails', async () => {
    const handled: string[] = [];
    const onThing = subscription<typeof thing, { started: number }>({
      event: thing,
      async handle({ event }) {
        await setTimeout(event.data.size);
        handled.push(event.id);
        if (event.id === 'a:2:1') throw new Error('cannot');
      },
    });
    const options = { environment: environment(), telemetry: quietTelemetry() };
    const handler = subscriptionHandler(probe(), 'onThing', onThing, options);
    const of = (aggregate: string, sequence: number, n: number, size: number) => ({
      ...envelope(`${aggregate}:${sequence}:${n}`, { size }),
      aggregate: { type: 'thing', id: aggregate },
      sequence,
    });
    const records = [
      of('a', 10, 1, 1),
      of('a', 2, 10, 1),
      of('b', 1, 1, 0),
      of('a', 2, 1, 20),
      of('a', 2, 2, 1),
    ];
    const answer = await handler({ Records: records.map((one) => record(one.id, one)) }, lambdaContext);
    expect(handled).toEqual(['b:1:1', 'a:2:1', 'a:2:2', 'a:2:10', 'a:10:1']);
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'a:2:1' }]);
  });

  it('gives back an event that waits for another, which is no failure', async () => {
    const telemetry = quietTelemetry();
    const onThing = subscription<typeof thing, { started: number }>({
      event: thing,
      handle: ({ event }) => Promise.reject(new EventGapError(event, { sequence: 3, n: 1, of: 2 })),
    });
    const options = { environment: environment(), telemetry };
    const handler = subscriptionHandler(probe(), 'onThing', onThing, options);
    const message = {
      ...record('m1', envelope('th_1:5:1', { size: 1 })),
      attributes: { ApproximateReceiveCount: '7' },
    };
    const answer = await handler({ Records: [message] }, lambdaContext);
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm1' }]);
    expect(telemetry.counts.get('plugin.events.waiting')).toBe(1);
    expect(telemetry.counts.has('plugin.events.failed')).toBe(false);
    expect(telemetry.lines).toMatchObject([
      { level: 'warn', fields: { messageId: 'm1', receptions: 7, eventId: 'th_1:5:1', handledUpTo: 3 } },
    ]);
  });

  it('leaves every message in the queue when the plugin cannot start', async () => {
    const onThing = subscription<typeof thing, { started: number }>({
      event: thing,
      handle: async () => {},
    });
    const plugin = probe({ initialize: () => Promise.reject(new Error('no')) });
    const handler = subscriptionHandler(plugin, 'onThing', onThing, {
      environment: environment(),
      telemetry: quietTelemetry(),
    });
    const event = { Records: [record('m1', envelope('e1', { size: 1 })), record('m2', '')] };
    expect(await handler(event, lambdaContext)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }],
    });
  });
});
