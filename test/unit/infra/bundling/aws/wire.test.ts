import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { bundleOptions } from '#infra/bundling/bundle.ts';
import { scratchDir } from '#infra/bundling/scratch.ts';

// Inside the repository, where packages resolve.
const root = join(import.meta.dirname, '.wire-fixture');
const fixture = `
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { GetCommand, PutCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { eventBridgeClient } from '#runtime/aws-events.ts';
import { invokeClient } from '#runtime/aws-lambda.ts';
import { secretsClient } from '#runtime/aws-secrets.ts';
import { documentClient } from '#runtime/aws.ts';

const key = { PK: 'A', SK: 'B' };
export const classes = { ConditionalCheckFailedException, TransactionCanceledException, ResourceNotFoundException };
export const get = () => documentClient().send(new GetCommand({ TableName: 't', Key: key, ConsistentRead: true }));
export const query = () => documentClient().send(new QueryCommand({ TableName: 't', Limit: 2, ScanIndexForward: false,
  KeyConditionExpression: 'PK = :pk', ExpressionAttributeValues: { ':pk': 'A' } }));
export const put = (more) => documentClient().send(new PutCommand({ TableName: 't', Item: { ...key, ...more },
  ConditionExpression: 'attribute_not_exists(PK)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }));
export const transact = () => documentClient().send(new TransactWriteCommand({ TransactItems: [
  { Put: { TableName: 't', Item: { ...key, n: 1, gone: undefined } } },
  { Update: { TableName: 't', Key: key, UpdateExpression: 'SET a = :a', ExpressionAttributeValues: { ':a': 'ü"\\n' } } } ] }));
export const secret = () => secretsClient().send(new GetSecretValueCommand({ SecretId: 's' }));
export const publish = () => eventBridgeClient().send(new PutEventsCommand({ Entries: [{ Detail: '{}', Time: new Date(1.5e12) }] }));
export const invoke = () => invokeClient().send(new InvokeCommand({ FunctionName: 'f', Qualifier: 'live', Payload: '{"a":1}' }));
`;

type Call = (more?: object) => Promise<Record<string, unknown>>;
type Calls = Record<'get' | 'query' | 'put' | 'transact' | 'secret' | 'publish' | 'invoke', Call> & {
  readonly classes: Record<string, new () => Error>;
};
interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}
type Answer = (response: ServerResponse) => void;

/** Answers in their order, the last of them from then on. */
let answers: Answer[] = [];
let received: Received[] = [];
let server: Server;

const json =
  (status: number, body: object, headers = {}): Answer =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers })
      .end(JSON.stringify(body));
const failure = (type: string, more: object = {}, status = 400) =>
  json(status, { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: `${type}!`, ...more });
const cut: Answer = (response) => response.destroy();

beforeAll(async () => {
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'calls.ts'), fixture);
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      received.push({ path: request.url ?? '', headers: request.headers, body: JSON.parse(text) });
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      answer?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => {
  received = [];
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'session');
});
afterEach(() => vi.unstubAllEnvs());

async function built(isSlim: boolean): Promise<Calls> {
  const outDir = scratchDir('wire');
  const { plugins = [], ...options } = bundleOptions({ name: 'wire', root, entries: ['calls.ts'], outDir });
  await build({ ...options, plugins: plugins.filter(({ name }) => isSlim || name !== 'slim-aws') });
  mkdirSync(dirname(outDir), { recursive: true });
  return (await import(/* @vite-ignore */ pathToFileURL(join(outDir, 'calls.mjs')).href)) as Calls;
}

describe.each([
  ['as bundles have them', true],
  ['unchanged', false],
])('the AWS clients, %s', (_, isSlim) => {
  let calls: Calls;
  beforeAll(async () => {
    calls = await built(isSlim);
  });
  const nameOf = async (call: Promise<unknown>): Promise<Error> =>
    call.then(
      () => expect.unreachable('it succeeded'),
      (error: unknown) => error as Error,
    );

  test('sign and write a request as DynamoDB reads it', async () => {
    answers = [json(200, {})];
    await calls.transact();
    const [{ headers, body, path } = { headers: {}, body: undefined, path: '' }] = received;
    const { ClientRequestToken: token, ...rest } = body as Record<string, unknown>;
    expect(token).toMatch(/^[0-9a-f-]{36}$/);
    expect(rest).toEqual({
      TransactItems: [
        { Put: { TableName: 't', Item: { PK: { S: 'A' }, SK: { S: 'B' }, n: { N: '1' } } } },
        {
          Update: {
            TableName: 't',
            Key: { PK: { S: 'A' }, SK: { S: 'B' } },
            UpdateExpression: 'SET a = :a',
            ExpressionAttributeValues: { ':a': { S: 'ü"\n' } },
          },
        },
      ],
    });
    expect(path).toBe('/');
    expect(headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.TransactWriteItems',
      'x-amz-security-token': 'session',
      'amz-sdk-request': 'attempt=1; max=3',
    });
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/dynamodb\/aws4_request, SignedHeaders=/,
    );
    expect(headers['user-agent']).toMatch(
      /^aws-sdk-js\/3\.\S+ ua\/2\.1 os\/linux\S* lang\/js md\/nodejs\S+ api\/dynamodb#3/,
    );
  });

  test('read items with every type of attribute', async () => {
    const bytes = new Uint8Array([1, 2, 255]);
    const attributes = {
      s: { S: 'x' },
      n: { N: '1.5' },
      b: { B: 'AQL/' },
      l: { L: [{ BOOL: true }, { NULL: true }, { B: 'AQL/' }] },
      m: { M: { B: { S: 'inner' } } },
      ss: { SS: ['a', 'b'] },
      ns: { NS: ['1'] },
      bs: { BS: ['AQL/'] },
    };
    answers = [json(200, { Item: attributes })];
    const { Item: item } = await calls.get();
    expect(item).toEqual({
      s: 'x',
      n: 1.5,
      b: bytes,
      l: [true, null, bytes],
      m: { B: 'inner' },
      ss: new Set(['a', 'b']),
      ns: new Set([1]),
      bs: new Set([bytes]),
    });
    await calls.put({ b: bytes, bs: new Set([bytes]), list: [bytes] });
    expect(received.at(-1)?.body).toMatchObject({
      Item: { b: { B: 'AQL/' }, bs: { BS: ['AQL/'] }, list: { L: [{ B: 'AQL/' }] } },
    });
    answers = [json(200, { Items: [attributes], Count: 1, LastEvaluatedKey: { PK: { S: 'A' } } })];
    expect(await calls.query()).toMatchObject({ Items: [item], Count: 1, LastEvaluatedKey: { PK: 'A' } });
    expect(received.at(-1)?.body).toMatchObject({ Limit: 2, ScanIndexForward: false });
  });

  test.each([
    ['throttled', failure('ThrottlingException')],
    ['beyond the capacity of the table', failure('ProvisionedThroughputExceededException')],
    ['failed inside of DynamoDB', failure('InternalServerError', {}, 500)],
    ['unavailable', json(503, {})],
    ['cut off', cut],
  ])('try again a call that was %s, with the same token', async (_name, fault) => {
    answers = [fault, fault, json(200, {})];
    const { $metadata: metadata } = await calls.transact();
    expect(metadata).toMatchObject({ httpStatusCode: 200, attempts: 3 });
    const tokens = received.map(({ body }) => (body as { ClientRequestToken: string }).ClientRequestToken);
    expect(new Set(tokens).size).toBe(1);
    expect(received.map(({ headers }) => headers['amz-sdk-request'])).toEqual([
      'attempt=1; max=3',
      'attempt=2; max=3',
      'attempt=3; max=3',
    ]);
  });

  test('give up after three attempts with the error of the last', async () => {
    answers = [failure('InternalServerError', {}, 500)];
    const error = await nameOf(calls.get());
    expect(error).toMatchObject({
      name: 'InternalServerError',
      message: 'InternalServerError!',
      $fault: 'server',
      $metadata: { httpStatusCode: 500, attempts: 3 },
    });
    expect(received).toHaveLength(3);
  });

  test('throw a failed condition at once, with the item where it was asked for', async () => {
    answers = [failure('ConditionalCheckFailedException', { Item: { PK: { S: 'A' }, b: { B: 'AQL/' } } })];
    const error = await nameOf(calls.put());
    expect(error).toBeInstanceOf(calls.classes['ConditionalCheckFailedException']);
    expect(error).toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'ConditionalCheckFailedException!',
      $fault: 'client',
      Item: { PK: { S: 'A' }, b: { B: new Uint8Array([1, 2, 255]) } },
    });
    expect(received).toHaveLength(1);
  });

  test('throw a cancelled transaction at once, with its reasons', async () => {
    const reasons = [
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Message: 'no', Item: { PK: { S: 'A' }, n: { N: '1' } } },
    ];
    answers = [
      failure('TransactionCanceledException', { CancellationReasons: reasons, Message: 'cancelled' }),
    ];
    const error = await nameOf(calls.transact());
    expect(error).toBeInstanceOf(calls.classes['TransactionCanceledException']);
    expect(error).toMatchObject({ name: 'TransactionCanceledException', CancellationReasons: reasons });
    expect(received).toHaveLength(1);
  });

  test.each(['ExpiredTokenException', 'AccessDeniedException', 'SomethingNew'])(
    'throw %s at once by its name',
    async (name) => {
      answers = [failure(name)];
      const error = await nameOf(calls.get());
      expect(error).toMatchObject({
        name,
        message: `${name}!`,
        $metadata: { httpStatusCode: 400, attempts: 1 },
      });
      expect(received).toHaveLength(1);
    },
  );

  test('speak with Secrets Manager, EventBridge and Lambda', async () => {
    answers = [json(200, { SecretString: '{}', VersionId: 'v', CreatedDate: 1.5e9 })];
    expect(await calls.secret()).toMatchObject({ SecretString: '{}', CreatedDate: new Date(1.5e12) });
    answers = [json(400, { __type: 'ResourceNotFoundException', Message: 'no such secret' })];
    const missing = await nameOf(calls.secret());
    expect(missing).toBeInstanceOf(calls.classes['ResourceNotFoundException']);
    expect(missing.message).toBe('no such secret');
    answers = [json(400, { __type: 'ThrottlingException' }), json(200, { FailedEntryCount: 0, Entries: [] })];
    expect(await calls.publish()).toMatchObject({ FailedEntryCount: 0, $metadata: { attempts: 2 } });
    expect(received.at(-1)?.body).toEqual({ Entries: [{ Detail: '{}', Time: 1.5e9 }] });
    answers = [json(200, { ok: true }, { 'x-amz-function-error': 'Unhandled' })];
    const { Payload: payload, FunctionError: fault } = await calls.invoke();
    expect([Buffer.from(payload as Uint8Array).toString(), fault]).toEqual(['{"ok":true}', 'Unhandled']);
    expect(received.at(-1)).toMatchObject({
      path: '/2015-03-31/functions/f/invocations?Qualifier=live',
      body: { a: 1 },
    });
    const before = received.length;
    answers = [json(500, { Type: 'Service', Message: 'no' }, { 'x-amzn-errortype': 'ServiceException' })];
    expect(await nameOf(calls.invoke())).toMatchObject({
      name: 'ServiceException',
      $metadata: { attempts: 1 },
    });
    expect(received).toHaveLength(before + 1);
  });
});
