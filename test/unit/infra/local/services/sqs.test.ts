import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attributesMd5 } from '#infra/local/services/sqs-digest.ts';
import { assemblyOf, deadQueue, queue, startSystem, type System } from '../aws-endpoint/fixture.ts';

interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes?: Readonly<Record<string, string>>;
}

let system: System;
const QueueUrl = queue.url;
const call = (operation: string, input: object = {}) => system.sqs(operation, { QueueUrl, ...input });
const receive = async (input: object = {}): Promise<Message[]> =>
  ((await call('ReceiveMessage', { MaxNumberOfMessages: 10, ...input })).body['Messages'] ?? []) as Message[];

beforeAll(async () => {
  system = await startSystem();
});
beforeEach(() => {
  for (const { name } of [queue, deadQueue]) {
    const all = { ...queue, name, redrive: undefined };
    for (const message of system.state.queues.receive(all, 100)) {
      system.state.queues.remove(name, message.receiptHandle);
    }
  }
});
afterAll(() => system.stop());

describe('SQS', () => {
  it('gives a message to one receiver at a time, with the digests that clients verify', async () => {
    const sent = await call('SendMessage', { MessageBody: 'hello' });
    expect(sent.body).toMatchObject({ MD5OfMessageBody: '5d41402abc4b2a76b9719d911017c592' });
    const [message] = await receive({ MessageSystemAttributeNames: ['All'] });
    expect(message).toMatchObject({
      MessageId: sent.body['MessageId'],
      Body: 'hello',
      MD5OfBody: '5d41402abc4b2a76b9719d911017c592',
      Attributes: { ApproximateReceiveCount: '1', SenderId: 'app-admin' },
    });
    expect(await receive()).toEqual([]);
    await call('ChangeMessageVisibility', { ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 });
    const [again] = await receive({ AttributeNames: ['ApproximateReceiveCount'] });
    expect(again?.Attributes).toEqual({ ApproximateReceiveCount: '2' });
    // The older handle no longer deletes the message.
    await call('DeleteMessage', { ReceiptHandle: message?.ReceiptHandle });
    const counts = await call('GetQueueAttributes', {
      AttributeNames: ['ApproximateNumberOfMessagesNotVisible'],
    });
    expect(counts.body).toEqual({ Attributes: { ApproximateNumberOfMessagesNotVisible: '1' } });
    await call('DeleteMessage', { ReceiptHandle: again?.ReceiptHandle });
    const left = await call('GetQueueAttributes', { AttributeNames: ['All'] });
    expect(left.body['Attributes']).toMatchObject({ ApproximateNumberOfMessagesNotVisible: '0' });
  });

  it('waits for a message to come', async () => {
    const waiting = receive({ WaitTimeSeconds: 20 });
    await call('SendMessage', { MessageBody: 'late' });
    expect((await waiting).map(({ Body }) => Body)).toEqual(['late']);
  });

  it('gives a message up after the receives that its queue allows', async () => {
    await call('SendMessage', { MessageBody: 'poison' });
    for (const count of ['1', '2']) {
      const [message] = await receive({ AttributeNames: ['All'], VisibilityTimeout: 0 });
      expect(message?.Attributes?.['ApproximateReceiveCount']).toBe(count);
    }
    expect(await receive()).toEqual([]);
    const [dead] = await receive({ QueueUrl: deadQueue.url, AttributeNames: ['All'] });
    expect(dead).toMatchObject({ Body: 'poison', Attributes: { DeadLetterQueueSourceArn: queue.arn } });
  });

  it('does batches entry by entry', async () => {
    const Entries = [
      { Id: 'a', MessageBody: '1' },
      { Id: 'b', MessageBody: '2', DelaySeconds: 1000 },
    ];
    const sent = await call('SendMessageBatch', { Entries });
    expect(sent.body).toMatchObject({
      Successful: [{ Id: 'a' }],
      Failed: [{ Id: 'b', SenderFault: true, Code: 'InvalidParameterValue' }],
    });
    const [message] = await receive();
    const handle = { Id: 'x', ReceiptHandle: message?.ReceiptHandle };
    expect((await call('DeleteMessageBatch', { Entries: [handle] })).body).toMatchObject({
      Successful: [{ Id: 'x' }],
    });
    const twice = await call('DeleteMessageBatch', { Entries: [handle, handle] });
    expect(twice).toMatchObject({
      status: 400,
      body: { __type: 'com.amazonaws.sqs#BatchEntryIdsNotDistinct' },
    });
  });

  it('answers errors as SQS does, and asks roles', async () => {
    const none = await call('SendMessage', { QueueUrl: `${QueueUrl}-none`, MessageBody: 'x' });
    expect(none).toMatchObject({ status: 400, body: { __type: 'com.amazonaws.sqs#QueueDoesNotExist' } });
    expect(none.headers.get('x-amzn-query-error')).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender');
    const denied = await system.sqs('SendMessage', { QueueUrl, MessageBody: 'x' }, 'app-reader');
    expect(denied).toMatchObject({
      status: 400,
      body: {
        __type: 'com.amazon.coral.service#AccessDeniedException',
        message: expect.stringContaining('sqs:SendMessage'),
      },
    });
    const url = await system.sqs('GetQueueUrl', { QueueName: queue.name });
    expect(url.body).toEqual({ QueueUrl });
  });

  it("lets a queue's own policy allow a role that has no permission", async () => {
    const { current } = system.assembly;
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow' as const,
          Principal: { AWS: current.roles[1]?.arn },
          Action: 'sqs:SendMessage',
          Resource: queue.arn,
        },
      ],
    };
    system.assembly.current = assemblyOf({ queues: [{ ...queue, policy }, deadQueue] });
    const sent = await system.sqs('SendMessage', { QueueUrl, MessageBody: 'x' }, 'app-reader');
    system.assembly.current = current;
    expect(sent.status).toBe(200);
  });
});

describe('the digest of message attributes', () => {
  it('covers names, types and values in the order of names', () => {
    const a = { DataType: 'String', StringValue: 'x' };
    const b = { DataType: 'Binary', BinaryValue: 'AQI=' };
    expect(attributesMd5({ a, b })).toBe(attributesMd5({ b, a }));
    expect(attributesMd5({ a, b })).not.toBe(attributesMd5({ a, b: { ...b, BinaryValue: 'AQM=' } }));
  });
});
