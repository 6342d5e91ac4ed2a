import { DynamoDBClient, GetItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it } from 'vitest';
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
    const page = await fetch(system.awsEndpoint.url, {
      method: 'POST',
      headers: { authorization, origin: 'http://evil' },
    });
    expect(page.status).toBe(403);
    const unknown = await fetch(`${system.awsEndpoint.url}/v2/things`, { headers: { authorization } });
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({
      __type: expect.stringContaining('UnknownOperationException'),
    });
  });

  it.each([
    [
      'a REST service with JSON',
      'polly',
      {},
      /^\{"__type":".*UnknownOperationException","message":"(.*)"\}$/,
    ],
    ['S3', 's3', {}, /^<Error><Code>UnknownOperationException<\/Code><Message>(.*)<\/Message><\/Error>$/],
    [
      'a service of the query protocol',
      'sns',
      { 'content-type': 'application/x-www-form-urlencoded' },
      /^<ErrorResponse><Error><Code>UnknownOperationException<\/Code><Message>(.*)<\/Message><\/Error><\/ErrorResponse>$/,
    ],
  ])('says plainly that it does not have %s', async (_, service, headers, form) => {
    system = await startSystem();
    const authorization = `AWS4-HMAC-SHA256 Credential=${system.client().credentials.accessKeyId}/20260101/us-east-1/${service}/aws4_request`;
    const answer = await fetch(`${system.awsEndpoint.url}/a?b=c`, {
      method: 'POST',
      headers: { authorization, ...headers },
      body: 'x=1',
    });
    expect(answer.status).toBe(404);
    const message = `the local runner has no ${service}: POST /a works on AWS alone, and so does its statement under iam`;
    expect(form.exec(await answer.text())?.[1]).toBe(message);
  });

  it('refuses a body that is longer than any service takes', async () => {
    system = await startSystem();
    const message = { QueueUrl: 'https://sqs/000000000000/q', MessageBody: 'x'.repeat(20 * 1024 * 1024) };
    expect(await system.sqs('SendMessage', message)).toMatchObject({
      status: 413,
      body: { __type: 'com.amazonaws.sqs#RequestTooLargeException' },
    });
  });

  it('denies an operation that it cannot map to permissions, even to a role that may do everything', async () => {
    system = await startSystem();
    const call = new DynamoDBClient(system.client()).send(new ListTablesCommand({}));
    await expect(call).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
