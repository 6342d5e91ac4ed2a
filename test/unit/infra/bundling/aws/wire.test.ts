import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DocumentClient } from '#runtime/aws/document-types.ts';
import type { EventsClient } from '#runtime/aws/events.ts';
import type { InvokeClient, MappingsClient } from '#runtime/aws/lambda.ts';
import type { SecretsClient } from '#runtime/aws/secrets.ts';
import { bundleOptions } from '#infra/bundling/bundle.ts';
import { scratchDir } from '#infra/bundling/scratch.ts';

// Inside the repository, where packages resolve.
const root = join(import.meta.dirname, '.wire-fixture');
/** The clients of the AWS SDK, with the settings that the runtime's have. */
const sdk = `
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { Lambda } from '@aws-sdk/client-lambda';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';

const settings = { maxAttempts: 3, requestHandler: { requestTimeout: 1500, throwOnRequestTimeout: true } };
export const open = () => ({
  documents: DynamoDBDocument.from(new DynamoDB(settings), { marshallOptions: { removeUndefinedValues: true } }),
  events: new EventBridge(settings),
  secrets: new SecretsManager(settings),
  lambda: new Lambda({ ...settings, maxAttempts: 1 }),
  mappings: new Lambda(settings),
});
`;
const runtime = `
import { createDocumentClient } from '#runtime/aws/documents.ts';
import { eventsClient } from '#runtime/aws/events.ts';
import { invokeClient, mappingsClient } from '#runtime/aws/lambda.ts';
import { secretsClient } from '#runtime/aws/secrets.ts';

export const open = () => ({
  documents: createDocumentClient({ requestTimeoutMs: 1500 }),
  events: eventsClient(),
  secrets: secretsClient(),
  lambda: invokeClient(),
  mappings: mappingsClient(),
});
`;

interface Clients {
  readonly documents: DocumentClient;
  readonly events: EventsClient;
  readonly secrets: SecretsClient;
  readonly lambda: InvokeClient;
  readonly mappings: MappingsClient;
}

const Key = { PK: 'A', SK: 'B' };
const callsOf = ({ documents, events, secrets, lambda }: Clients) => ({
  get: () => documents.get({ TableName: 't', Key, ConsistentRead: true }),
  query: () =>
    documents.query({
      TableName: 't',
      Limit: 2,
      ScanIndexForward: false,
      KeyConditionExpression: 'PK = :pk',
      ExpressionAttributeValues: { ':pk': 'A' },
      ExclusiveStartKey: Key,
    }),
  put: (more?: object) =>
    documents.put({
      TableName: 't',
      Item: { ...Key, ...more },
      ConditionExpression: 'attribute_not_exists(PK)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  transact: () =>
    documents.transactWrite({
      TransactItems: [
        { Put: { TableName: 't', Item: { ...Key, n: 1, gone: undefined } } },
        {
          Update: {
            TableName: 't',
            Key,
            UpdateExpression: 'SET a = :a',
            ExpressionAttributeValues: { ':a': 'ü"\n' },
          },
        },
      ],
    }),
  secret: () => secrets.getSecretValue({ SecretId: 's' }),
  publish: () => events.putEvents({ Entries: [{ Detail: '{}', Time: new Date(1.5e12) }] }),
  invoke: () => lambda.invoke({ FunctionName: 'f:live', Payload: '{"a":1}' }),
});

interface Received {
  readonly method: string | undefined;
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
  writeFileSync(join(root, 'sdk.ts'), sdk);
  writeFileSync(join(root, 'runtime.ts'), runtime);
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { method, url = '', headers } = request;
      received.push({ method, path: url, headers, body: text === '' ? undefined : JSON.parse(text) });
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

async function built(entry: 'runtime' | 'sdk', isSlim: boolean): Promise<{ open(): Clients }> {
  const outDir = scratchDir('wire');
  const { plugins = [], ...options } = bundleOptions({
    name: 'wire',
    root,
    entries: [`${entry}.ts`],
    outDir,
  });
  await build({ ...options, plugins: plugins.filter(({ name }) => isSlim || name !== 'slim-aws') });
  mkdirSync(dirname(outDir), { recursive: true });
  return (await import(/* @vite-ignore */ pathToFileURL(join(outDir, `${entry}.mjs`)).href)) as {
    open(): Clients;
  };
}

describe.each([
  ['of the runtime', 'runtime', true],
  ['of the SDK, as bundles have them', 'sdk', true],
  ['of the SDK, unchanged', 'sdk', false],
] as const)('the clients %s', (_, entry, isSlim) => {
  let bundle: { open(): Clients };
  let clients: Clients;
  let calls: ReturnType<typeof callsOf>;
  beforeAll(async () => {
    bundle = await built(entry, isSlim);
  });
  beforeEach(() => {
    clients = bundle.open();
    calls = callsOf(clients);
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
      entry === 'runtime'
        ? /^anineeplus-plugins lang\/js md\/nodejs#\d+/
        : /^aws-sdk-js\/3\.\S+ ua\/2\.1 os\/linux\S* lang\/js md\/nodejs\S+ api\/dynamodb#3/,
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
    expect(received.at(-1)?.body).toMatchObject({
      Limit: 2,
      ScanIndexForward: false,
      ExclusiveStartKey: { PK: { S: 'A' }, SK: { S: 'B' } },
    });
  });

  test.each([
    ['throttled', failure('ThrottlingException')],
    ['beyond the capacity of the table', failure('ProvisionedThroughputExceededException')],
    ['failed inside of DynamoDB', failure('InternalServerError', {}, 500)],
    ['unavailable', json(503, {})],
    ['cut off', cut],
  ])('try again a call that was %s, with the same token', async (_name, fault) => {
    answers = [fault, fault, json(200, {})];
    await calls.transact();
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
    expect(missing).toMatchObject({ name: 'ResourceNotFoundException', message: 'no such secret' });
    answers = [json(400, { __type: 'ThrottlingException' }), json(200, { FailedEntryCount: 0, Entries: [] })];
    expect(await calls.publish()).toMatchObject({ FailedEntryCount: 0, Entries: [] });
    expect(received.at(-1)?.body).toEqual({ Entries: [{ Detail: '{}', Time: 1.5e9 }] });
    answers = [json(200, { ok: true }, { 'x-amz-function-error': 'Unhandled' })];
    const { Payload: payload, FunctionError: fault } = await calls.invoke();
    expect([Buffer.from(payload ?? []).toString(), fault]).toEqual(['{"ok":true}', 'Unhandled']);
    expect(received.at(-1)).toMatchObject({
      path: '/2015-03-31/functions/f%3Alive/invocations',
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

  test('read and write batches and transactions', async () => {
    const { documents } = clients;
    const [key, item] = [{ PK: { S: 'A' } }, { PK: { S: 'A' }, b: { B: 'AQL/' } }];
    const plain = { PK: 'A', b: new Uint8Array([1, 2, 255]) };
    answers = [json(200, { Responses: { Item: [item] }, UnprocessedKeys: { t: { Keys: [key] } } })];
    const wanted = { Item: { Keys: [{ PK: 'A' }], ConsistentRead: true } };
    expect(await documents.batchGet({ RequestItems: wanted })).toMatchObject({
      Responses: { Item: [plain] },
      UnprocessedKeys: { t: { Keys: [{ PK: 'A' }] } },
    });
    expect(received.at(-1)?.body).toEqual({ RequestItems: { Item: { Keys: [key], ConsistentRead: true } } });
    const left = [{ PutRequest: { Item: item } }, { DeleteRequest: { Key: key } }];
    answers = [json(200, { UnprocessedItems: { t: left } })];
    const writes = [{ PutRequest: { Item: plain } }, { DeleteRequest: { Key: { PK: 'A' } } }];
    expect(await documents.batchWrite({ RequestItems: { t: writes } })).toMatchObject({
      UnprocessedItems: { t: writes },
    });
    expect(received.at(-1)?.body).toEqual({ RequestItems: { t: left } });
    answers = [json(200, { Responses: [{ Item: item }, {}] })];
    const gets = [{ Get: { TableName: 't', Key: { PK: 'A' } } }];
    expect((await documents.transactGet({ TransactItems: gets })).Responses).toEqual([{ Item: plain }, {}]);
    expect(received.at(-1)?.body).toEqual({ TransactItems: [{ Get: { TableName: 't', Key: key } }] });
    answers = [json(200, { Attributes: item })];
    const change = { TableName: 't', Key: { PK: 'A' }, ReturnValues: 'ALL_OLD' as const };
    expect((await documents.delete(change)).Attributes).toEqual(plain);
    const values = { ':v': [1, { x: null }] };
    await documents.update({ ...change, UpdateExpression: 'SET v = :v', ExpressionAttributeValues: values });
    expect(received.at(-1)?.body).toMatchObject({
      Key: key,
      ExpressionAttributeValues: { ':v': { L: [{ N: '1' }, { M: { x: { NULL: true } } }] } },
    });
  });

  test('refuse what DynamoDB cannot store, before they call it', async () => {
    await expect(calls.put({ n: Number.NaN })).rejects.toThrow('NaN is not allowed');
    await expect(calls.put({ at: new Date(0) })).rejects.toThrow('Unsupported type passed');
    expect(received).toEqual([]);
  });

  test('end a call that gets no answer, and make it again', async () => {
    answers = [() => undefined, json(200, {})];
    await calls.transact();
    expect(received).toHaveLength(2);
    answers = [() => undefined];
    expect(await nameOf(calls.get())).toMatchObject({ name: 'TimeoutError', $metadata: { attempts: 3 } });
  });

  test('sign with the clock of AWS where their own is wrong, also calls at the same time', async () => {
    const date = 'Tue, 01 Jan 2030 00:00:00 GMT';
    const refusal = json(400, { __type: 'InvalidSignatureException' }, { date });
    answers = [refusal, refusal, json(200, {}, { date })];
    await Promise.all([calls.get(), calls.get()]);
    const years = received.map(({ headers }) => String(headers['x-amz-date']).slice(0, 4));
    const now = String(new Date().getFullYear());
    expect(years).toEqual([now, now, '2030', '2030']);
  });

  test('make no difference between an answer that was cut off and none', async () => {
    const half: Answer = (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"a');
      setTimeout(() => response.destroy(), 20);
    };
    answers = [half, json(200, { Item: { PK: { S: 'A' } } })];
    expect((await calls.get()).Item).toEqual({ PK: 'A' });
    expect(received).toHaveLength(2);
  });

  test('are aborted by a signal, also while an answer is read', async () => {
    answers = [(response) => response.writeHead(200, { 'content-length': '100' }).write('{"a')];
    const abortSignal = AbortSignal.timeout(100);
    const call = clients.lambda.invoke({ FunctionName: 'f:live', Payload: '{}' }, { abortSignal });
    expect(await nameOf(call)).toMatchObject({ name: 'AbortError' });
    expect(received).toHaveLength(1);
  });

  test('write items with names that objects have of their own', async () => {
    answers = [json(200, {})];
    await calls.put({ constructor: 'x', toString: 'y' });
    expect(received[0]?.body).toMatchObject({ Item: { constructor: { S: 'x' }, toString: { S: 'y' } } });
  });

  test('name the trace of the invocation, by which Lambda recognizes endless calls', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'f');
    vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-2-3');
    answers = [json(200, {})];
    await calls.get();
    expect(received[0]?.headers['x-amzn-trace-id']).toBe('Root=1-2-3');
  });

  test('list and change event source mappings, and versions of secrets', async () => {
    answers = [json(200, { EventSourceMappings: [{ UUID: 'u', State: 'Enabled' }] })];
    expect(await clients.mappings.listEventSourceMappings({ FunctionName: 'f:live' })).toMatchObject({
      EventSourceMappings: [{ UUID: 'u', State: 'Enabled' }],
    });
    const path = '/2015-03-31/event-source-mappings';
    expect(received.at(-1)).toMatchObject({ method: 'GET' });
    expect(received.at(-1)?.path).toMatch(/^\/2015-03-31\/event-source-mappings\/?\?FunctionName=f%3Alive$/);
    answers = [json(202, { State: 'Disabling' })];
    await clients.mappings.updateEventSourceMapping({ UUID: 'u', Enabled: false });
    expect(received.at(-1)).toMatchObject({ method: 'PUT', path: `${path}/u`, body: { Enabled: false } });
    answers = [json(200, { Versions: [{ VersionId: 'v', CreatedDate: 1.5e9 }], NextToken: 'n' })];
    expect(await clients.secrets.listSecretVersionIds({ SecretId: 's' })).toMatchObject({
      Versions: [{ VersionId: 'v', CreatedDate: new Date(1.5e12) }],
      NextToken: 'n',
    });
    answers = [json(200, {})];
    await clients.secrets.putSecretValue({ SecretId: 's', SecretString: '{}', ClientRequestToken: 't' });
    expect(received.at(-1)?.headers['x-amz-target']).toBe('secretsmanager.PutSecretValue');
    await clients.secrets.updateSecretVersionStage({ SecretId: 's', VersionStage: 'AWSCURRENT' });
    expect(received.at(-1)).toMatchObject({ body: { SecretId: 's', VersionStage: 'AWSCURRENT' } });
  });

  test.runIf(entry === 'runtime')('end a call whose answer stops', async () => {
    answers = [(response) => response.writeHead(200, { 'content-length': '100' }).write('{"a')];
    expect(await nameOf(calls.get())).toMatchObject({ name: 'TimeoutError', $metadata: { attempts: 3 } });
  });

  test('wait as long as the service asks for', async () => {
    answers = [json(429, { __type: 'ThrottlingException' }, { 'retry-after': '2' }), json(200, {})];
    const startedAt = performance.now();
    await calls.get();
    expect(performance.now() - startedAt).toBeGreaterThan(1900);
  });

  test('have what is no answer of AWS for an error of the call', async () => {
    answers = [(response) => response.writeHead(200).end('<html>')];
    expect(await nameOf(calls.get())).toHaveProperty('$metadata');
  });

  test('keep the path of an endpoint', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', `${process.env.AWS_ENDPOINT_URL}/aws/`);
    answers = [json(200, {})];
    await callsOf(bundle.open()).get();
    expect(received[0]?.path).toMatch(/^\/aws\/?$/);
  });
});
