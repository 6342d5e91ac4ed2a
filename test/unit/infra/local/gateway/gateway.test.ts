import { DynamoDBClient, GetItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import type { CallGate } from '#infra/local/types.ts';
import { startSystem, table, type System } from './fixture.ts';

let system: System;
afterEach(() => system.stop());

const get = new GetItemCommand({ TableName: table.name, Key: { PK: { S: 'a' }, SK: { S: 'b' } } });

describe('who calls', () => {
  it('refuses an access key that it has not given out, in the form of the service', async () => {
    system = await startSystem();
    const stranger = system.client('somebody');
    await expect(new DynamoDBClient(stranger).send(get)).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    await expect(
      new LambdaClient(stranger).send(new InvokeCommand({ FunctionName: 'app-reader' })),
    ).rejects.toMatchObject({ name: 'UnrecognizedClientException', $metadata: { httpStatusCode: 403 } });
  });

  it('refuses web pages and what is no AWS call', async () => {
    system = await startSystem();
    const authorization = `AWS4-HMAC-SHA256 Credential=${system.client().credentials.accessKeyId}/20260101/us-east-1/x/aws4_request`;
    const page = await fetch(system.gateway.url, {
      method: 'POST',
      headers: { authorization, origin: 'http://evil' },
    });
    expect(page.status).toBe(403);
    const unknown = await fetch(`${system.gateway.url}/v2/things`, { headers: { authorization } });
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({
      __type: expect.stringContaining('UnknownOperationException'),
    });
  });

  it('denies an operation that it cannot map to permissions, even to a role that may do everything', async () => {
    system = await startSystem();
    const call = new DynamoDBClient(system.client()).send(new ListTablesCommand({}));
    await expect(call).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('the gate', () => {
  it('sees calls before and after they are served', async () => {
    const seen: unknown[] = [];
    const gate: CallGate = {
      before: async (call) => void seen.push(['before', call]),
      after: async (call) => void seen.push(['after', call]),
    };
    system = await startSystem({ gate });
    await new DynamoDBClient(system.client()).send(get);
    const call = { functionName: 'app-admin', service: 'dynamodb', operation: 'GetItem' };
    expect(seen).toEqual([
      ['before', call],
      ['after', call],
    ]);
  });

  it('can cut the connection or answer an error of its own', async () => {
    const errors: unknown[] = [
      Object.assign(new Error('cut'), { cut: true }),
      Object.assign(new Error('slow down'), { code: 'ThrottlingException', status: 400 }),
    ];
    const gate: CallGate = {
      before: async () => {
        throw errors.shift();
      },
      after: async () => undefined,
    };
    system = await startSystem({ gate });
    const client = new DynamoDBClient(system.client());
    await expect(client.send(get)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(client.send(get)).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'slow down',
    });
  });
});
