import { marshall } from '@aws-sdk/util-dynamodb';
import { GetSecretValueCommand, SecretsManager } from '@aws-sdk/client-secrets-manager';
import { EventBridge, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { eventContract } from '#events/catalog/contract.ts';
import { apiHandler } from '#runtime/adapters/api.ts';
import type { HttpResponse } from '#runtime/adapters/http-event.ts';
import { subscriptionHandler } from '#runtime/adapters/queue.ts';
import { scheduleHandler } from '#runtime/adapters/schedule.ts';
import { relayHandler } from '#runtime/adapters/stream.ts';
import { webhookHandler } from '#runtime/adapters/webhook.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { schedule } from '#runtime/contract/schedule.ts';
import { subscription } from '#runtime/contract/subscription.ts';
import { webhook } from '#runtime/contract/webhook.ts';
import { environment, httpEvent, invokedBy, probe, probeOperations, quietTelemetry } from './support.ts';

const hangs = () => new Promise<never>(() => {});

/** A context that counts down from a short timeout. */
function contextOf(alias = 'live', timeoutMs = 300): Context {
  const endsAt = Date.now() + timeoutMs;
  return { ...invokedBy(alias), getRemainingTimeInMillis: () => endsAt - Date.now() };
}
const options = () => ({ environment: environment(), telemetry: quietTelemetry() });

const timedOut = {
  statusCode: 503,
  headers: { 'retry-after': '1', 'content-type': 'application/problem+json' },
};
const codeOf = (response: unknown) => JSON.parse((response as HttpResponse).body).code;

describe('an invocation whose time is up', () => {
  it('is a 503 with Retry-After over HTTP, and the same problem by direct call', async () => {
    const hanging = { ...probeOperations.look, run: hangs };
    const telemetry = quietTelemetry();
    const known = environment({
      ANINEEPLUS_AUTH: 'none',
      ANINEEPLUS_CALLERS: '{"call_shop_api":["look"]}',
    });
    const handler = apiHandler(probe(), { echo: hanging, look: hanging }, { environment: known, telemetry });
    const response = await handler(httpEvent('GET /echo'), contextOf());
    expect(response).toMatchObject(timedOut);
    expect(codeOf(response)).toBe('timed-out');
    expect(telemetry.lines).toMatchObject([{ level: 'error', message: 'timed-out' }]);
    const event = { kind: 'operation', operation: 'look', input: {} };
    expect(await handler(event, contextOf('call_shop_api'))).toMatchObject({
      status: 503,
      body: { code: 'timed-out' },
      headers: { 'Retry-After': '1' },
    });
  });

  it('is a 503 as well where the registry or the start of the plugin hangs', async () => {
    const documents = () => ({ get: hangs });
    const registered = { environment: environment({ ANINEEPLUS_REGISTRY_TABLE: 'registry' }), documents };
    const byRegistry = await apiHandler(probe(), probeOperations, { ...options(), ...registered })(
      httpEvent('GET /echo'),
      contextOf(),
    );
    const byStart = await apiHandler(
      probe({ initialize: hangs }),
      probeOperations,
      options(),
    )(httpEvent('GET /echo'), contextOf());
    for (const response of [byRegistry, byStart]) {
      expect(response).toMatchObject(timedOut);
      expect(codeOf(response)).toBe('timed-out');
    }
  });

  it('leaves its services loaded until its code has ended', async () => {
    const steps: string[] = [];
    let end = (): void => {};
    const slow = {
      ...probeOperations.look,
      run: () => new Promise<Record<string, unknown>>((resolve) => (end = () => resolve({}))),
    };
    const client = new SecretsManager({ region: 'us-east-1' });
    const secrets = mockClient(client);
    const version = (VersionId: string) =>
      secrets.on(GetSecretValueCommand).resolves({ SecretString: '{"values":{}}', VersionId });
    version('v1');
    const plugin = {
      ...probe(),
      onLoad: ({ started }: { started: number }) => void steps.push(`load ${started}`),
      onUnload: ({ started }: { started: number }) => void steps.push(`unload ${started}`),
    };
    let state = 'v1';
    const documents = { get: async () => ({ Item: { state: 'loaded', configVersionId: state } }) };
    const handler = apiHandler(
      plugin,
      { echo: slow, look: slow },
      {
        environment: environment({
          ANINEEPLUS_CONFIG_SECRET: 'secret',
          ANINEEPLUS_REGISTRY_TABLE: 'registry',
        }),
        telemetry: quietTelemetry(),
        secrets: () => client,
        documents: () => documents,
      },
    );
    expect(await handler(httpEvent('GET /echo'), contextOf())).toMatchObject(timedOut);
    const endFirst = end;
    version('v2');
    state = 'v2';
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    const second = handler(httpEvent('GET /echo'), contextOf('live', 5_000));
    await expect.poll(() => steps).toEqual(['load 1', 'load 2']);
    endFirst();
    await expect.poll(() => steps).toEqual(['load 1', 'load 2', 'unload 1']);
    end();
    expect(await second).toMatchObject({ statusCode: 200 });
  });

  it('makes a provider deliver its webhook again', async () => {
    const hook = webhook<{ started: number }>({ summary: 'Hangs', handle: hangs });
    const handler = webhookHandler(probe(), 'hook', hook, options());
    const response = await handler(httpEvent('POST /webhooks/hook', { body: '{}' }), contextOf());
    expect(response).toMatchObject(timedOut);
  });

  it('returns to a queue the messages that were not processed, and only those', async () => {
    const contract = eventContract({
      type: 'thing.done',
      version: '1.0.0',
      summary: '',
      data: () => z.object({}),
    });
    const onThing = subscription<typeof contract, { started: number }>({
      event: contract,
      handle: ({ event }) => (event.id === 'slow' ? hangs() : Promise.resolve()),
    });
    const record = (id: string) => {
      // Those of one aggregate are handled one after the other.
      const aggregate = { type: 'thing', id: `th_${id}` };
      const occurredAt = '2026-11-23T10:00:00.000Z';
      const cause = { kind: 'api', id: 'r' };
      const type = 'thing.done.v1';
      const detail = { id, type, occurredAt, tenant: 't', aggregate, sequence: 1, cause, data: {} };
      return { messageId: `m-${id}`, body: JSON.stringify({ 'detail-type': type, detail }) };
    };
    const handler = subscriptionHandler(probe(), 'onThing', onThing, options());
    expect(await handler({ Records: ['a', 'slow', 'b'].map(record) }, contextOf())).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-slow' }],
    });
  });

  it('gives back to a stream the first record that is not published', async () => {
    const occurredAt = '2026-11-23T10:00:00.000Z';
    const record = (index: number) => {
      const events = [{ id: `e${index}`, type: 'thing.done.v1', occurredAt, data: {} }];
      const dynamodb = { SequenceNumber: `s${index}`, NewImage: marshall({ PK: 'p', SK: 'EVT#1', events }) };
      return { eventName: 'INSERT', dynamodb };
    };
    let calls = 0;
    const client = new EventBridge({ region: 'us-east-1' });
    mockClient(client)
      .on(PutEventsCommand)
      .callsFake(async ({ Entries }: { Entries: unknown[] }) =>
        ++calls === 1 ? { Entries: Entries.map(() => ({ EventId: 'e' })) } : hangs(),
      );
    const handler = relayHandler({
      environment: environment({ ANINEEPLUS_BUS_NAME: 'bus', ANINEEPLUS_EVENT_SOURCE: 'source' }),
      telemetry: quietTelemetry(),
      client: () => client,
    });
    const Records = Array.from({ length: 12 }, (_, index) => record(index));
    expect(await handler({ Records }, contextOf())).toEqual({
      batchItemFailures: [{ itemIdentifier: 's10' }],
    });
  });

  it('fails a schedule, which is then run again', async () => {
    const plugin = definePlugin({
      manifest: { ...probe().manifest, operations: {}, schedules: { sweep: { function: 'api' } } },
      config: z.object({}),
      initialize: () => ({}),
    });
    const sweep = schedule({ summary: 'Hangs', run: hangs });
    const event = { kind: 'schedule', schedule: 'sweep', scheduledAt: '2026-11-23T10:00:00.000Z' };
    await expect(scheduleHandler(plugin, { sweep }, options())(event, contextOf())).rejects.toThrow(
      expect.objectContaining({ code: 'timed-out' }),
    );
  });
});
