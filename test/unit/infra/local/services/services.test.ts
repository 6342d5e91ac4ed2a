import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import {
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountId, fakeFunctions, queue, startSystem, type System } from '../aws-endpoint/fixture.ts';

let system: System;
let lambda: LambdaClient;
let events: EventBridgeClient;
const functions = fakeFunctions((event) => {
  if (event['fail'] === true) throw new Error('broken');
  return { echo: event };
});

beforeAll(async () => {
  system = await startSystem({ functions });
  lambda = new LambdaClient(system.client());
  events = new EventBridgeClient(system.client());
});

afterAll(() => system.stop());

describe('Lambda', () => {
  const payload = (value: unknown) => Buffer.from(JSON.stringify(value));

  it.each([
    'app-reader',
    'app-reader:live',
    `arn:aws:lambda:us-east-1:${accountId}:function:app-reader:live`,
  ])('invokes %s and answers what it answered', async (FunctionName) => {
    const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: payload({ a: 1 }) }));
    expect(answer.StatusCode).toBe(200);
    expect(answer.FunctionError).toBeUndefined();
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ echo: { a: 1 } });
  });

  it('marks a failure of the function apart from its answer', async () => {
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: 'app-reader', Qualifier: 'live', Payload: payload({ fail: true }) }),
    );
    expect(answer.FunctionError).toBe('Unhandled');
    expect(answer.Payload?.transformToString()).toContain('broken');
  });

  it('knows no function or alias of another name', async () => {
    for (const FunctionName of ['app-nobody', 'app-reader:canary']) {
      await expect(lambda.send(new InvokeCommand({ FunctionName }))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        $metadata: { httpStatusCode: 404 },
      });
    }
  });

  it('answers an asynchronous invocation at once and tries it again when it fails', async () => {
    functions.events.length = 0;
    const call = new InvokeCommand({
      FunctionName: 'app-reader',
      InvocationType: 'Event',
      Payload: payload({ fail: true }),
    });
    expect((await lambda.send(call)).StatusCode).toBe(202);
    await expect.poll(() => functions.events.length, { timeout: 10_000 }).toBe(3);
    const dry = new InvokeCommand({ FunctionName: 'app-reader', InvocationType: 'DryRun' });
    expect((await lambda.send(dry)).StatusCode).toBe(204);
  });

  it('refuses the caller who has no permission', async () => {
    const reader = new LambdaClient(system.client('app-reader'));
    await expect(reader.send(new InvokeCommand({ FunctionName: 'app-admin:live' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('lambda:InvokeFunction'),
      $metadata: { httpStatusCode: 403 },
    });
  });

  it("lists a function's mappings and switches them off and on", async () => {
    const list = new ListEventSourceMappingsCommand({ FunctionName: 'app-admin:live' });
    const [mapping] = (await lambda.send(list)).EventSourceMappings ?? [];
    expect(mapping).toMatchObject({ UUID: 'mapping-1', EventSourceArn: queue.arn, State: 'Enabled' });
    const others = new ListEventSourceMappingsCommand({ FunctionName: 'app-reader:live' });
    expect((await lambda.send(others)).EventSourceMappings).toEqual([]);
    const UUID = 'mapping-1';
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    expect((await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State).toBe('Disabled');
    expect(system.state.mappings.enabled(UUID)).toBe(false);
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
    expect((await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State).toBe('Enabled');
  });
});

describe('EventBridge', () => {
  const entry = (change: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
    EventBusName: 'app',
    Source: 'app.payment',
    DetailType: 'payment.succeeded.v1',
    Detail: '{"id":"pay_1:3:1"}',
    ...change,
  });
  const put = (...Entries: PutEventsRequestEntry[]) => events.send(new PutEventsCommand({ Entries }));

  it('sends an event to the queue of each rule it matches, and logs every event', async () => {
    const answer = await put(entry(), entry({ DetailType: 'payment.failed.v1' }));
    expect(answer.FailedEntryCount).toBe(0);
    const ids = answer.Entries?.map((one) => one.EventId);
    const { body } = await system.sqs('ReceiveMessage', { QueueUrl: queue.url, MaxNumberOfMessages: 10 });
    const messages = body['Messages'] as { Body: string }[];
    expect(messages).toHaveLength(1);
    expect(JSON.parse(messages[0]?.Body ?? '')).toMatchObject({
      version: '0',
      id: ids?.[0],
      'detail-type': 'payment.succeeded.v1',
      source: 'app.payment',
      account: accountId,
      detail: { id: 'pay_1:3:1' },
    });
    expect(system.state.bus.query()).toMatchObject([
      { id: ids?.[0], matchedRules: ['paid'], detail: { id: 'pay_1:3:1' } },
      { id: ids?.[1], matchedRules: [], detailType: 'payment.failed.v1' },
    ]);
    expect(system.state.bus.query({ since: ids?.[0] }).map(({ id }) => id)).toEqual([ids?.[1]]);
  });

  it('takes the good entries of a request and says what is wrong with the others', async () => {
    const answer = await put(
      entry(),
      entry({ Detail: 'no json' }),
      entry({ Detail: '[1]' }),
      entry({ Source: 'aws.s3' }),
      entry({ EventBusName: 'other' }),
      entry({ Detail: '' }),
    );
    expect(answer.FailedEntryCount).toBe(5);
    expect(answer.Entries?.map((one) => one.ErrorCode)).toEqual([
      undefined,
      'MalformedDetail',
      'MalformedDetail',
      'NotAuthorizedForSourceException',
      'ResourceNotFoundException',
      'InvalidArgument',
    ]);
  });

  it('refuses a request with more than ten entries, or more than 256 KB', async () => {
    await expect(put(...Array.from({ length: 11 }, () => entry()))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    const large = entry({ Detail: JSON.stringify({ text: 'x'.repeat(200_000) }) });
    expect((await put(large)).FailedEntryCount).toBe(0);
    await expect(put(large, large)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it("needs the queue's policy: without it the event is logged but not delivered", async () => {
    const { assembly, terminal, state } = system;
    const before = assembly.current;
    assembly.current = { ...before, queues: before.queues.map((one) => ({ ...one, policy: undefined })) };
    const waiting = state.queues.counts(queue.name).visible;
    await put(entry());
    assembly.current = before;
    expect(state.queues.counts(queue.name).visible).toBe(waiting);
    expect(terminal.lines.join('\n')).toContain('does not let events.amazonaws.com send messages');
  });
});
