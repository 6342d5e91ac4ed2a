import { buildSchema, introspectionFromSchema } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiHandler } from '#runtime/adapters/api.ts';
import type { HttpResponse } from '#runtime/adapters/http-event.ts';
import { startHttp, type TestAnswer, type TestHttp } from '#test/support/http-server.ts';
import { graphqlApi } from '../../../../functions/platform/graphql/definition.ts';
import * as operations from '../../../../functions/platform/graphql/operations.ts';
import { environment, httpEvent, lambdaContext, quietTelemetry } from '../runtime/support.ts';
import { dataFolder, lambdaAt } from './support.ts';

const sdl = `
  scalar Decimal
  scalar SafeInt
  scalar JSON
  type Query { payment(id: String!): Payment!, sum(of: Float!): Float }
  type Mutation {
    createPayment(
      amount: Float, amountText: Decimal, minor: Int, count: SafeInt, meta: JSON, note: String, lines: [LineInput!], ratio: Float
      idempotencyKey: String
    ): Payment!
    cancelPayment(id: String!): Payment
  }
  type Payment { id: String! amount: Decimal parent: Payment }
  input LineInput { price: Float, priceText: Decimal, label: String, more: [LineInput!] }
`;
const field = (operation: string, idempotency: string) => ({
  plugin: 'payment',
  function: 'api',
  operation,
  idempotency,
});
const data = dataFolder({
  'graphql-texts.json': {
    Payment: 'A payment.',
    'Query.payment': 'Reads a payment.',
    'Query.payment.id': 'Which.',
    'LineInput.price': 'For one.',
    Decimal: 'Exact.',
  },
  'graphql.json': {
    schema: introspectionFromSchema(buildSchema(sdl)),
    fields: {
      'Query.payment': field('getPayment', 'none'),
      'Mutation.createPayment': field('createPayment', 'key'),
      'Mutation.cancelPayment': field('cancelPayment', 'none'),
    },
  },
});

interface Call {
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly idempotencyKey?: string;
  readonly token?: string;
}
let lambda: TestHttp;
let calls: Call[];
let urls: string[];
let reply: TestAnswer;
beforeAll(async () => {
  lambda = await startHttp((body, { url }) => {
    calls.push(JSON.parse(body) as Call);
    urls.push(decodeURIComponent(url));
    return reply;
  });
});
afterAll(() => lambda.stop());
beforeEach(() => {
  calls = [];
  urls = [];
  reply = { status: 200, body: { status: 201, body: { id: 'p1', amount: '10.50' } } };
});

interface Asked {
  readonly stage?: string;
  readonly headers?: Record<string, string>;
}

async function ask(body: unknown, { stage = 'test', headers = {} }: Asked = {}) {
  const env = environment({
    ANINEEPLUS_STAGE: stage,
    ANINEEPLUS_PLUGIN: 'platform',
    ANINEEPLUS_FUNCTION: 'graphql',
  });
  const client = lambdaAt(lambda.url);
  const api = graphqlApi(data, { environment: env, invoker: () => client });
  const handler = apiHandler(api, operations, { environment: env, telemetry: quietTelemetry() });
  const event = httpEvent('POST /graphql', { body: JSON.stringify(body), headers, scope: 'payments:write' });
  const response = (await handler(event, lambdaContext)) as HttpResponse;
  return { status: response.statusCode, json: JSON.parse(response.body) };
}
const key = { headers: { 'idempotency-key': 'k-1' } };

describe('a GraphQL request', () => {
  it('calls the plugin that owns the field, on behalf of the caller', async () => {
    const query =
      'mutation { createPayment(amount: 10.50, count: 9007199254740991, meta: {a: [1]}, note: null) { id amount } }';
    const headers = { authorization: 'Bearer header.claims.signature' };
    const { status, json } = await ask({ query }, { headers });
    expect([status, json]).toEqual([200, { data: { createPayment: { id: 'p1', amount: '10.50' } } }]);
    expect(urls).toEqual([expect.stringContaining('/functions/anineeplus-test-payment-api:graphql/')]);
    expect(calls).toMatchObject([
      {
        kind: 'operation',
        operation: 'createPayment',
        input: { amount: '10.50', count: 9007199254740991, meta: { a: [1] } },
        token: 'header.claims.signature',
        requestId: 'req-1',
      },
    ]);
    // What null means is the operation's to say.
    expect(calls[0]?.input).toHaveProperty('note', null);
    expect(calls[0]).not.toHaveProperty('caller');
  });

  it('takes variables', async () => {
    const text = 'mutation($a: Decimal!) { createPayment(amountText: $a) { id } }';
    await ask({ query: text, variables: { a: '0.10' } });
    await ask({ query: text, variables: { a: 5 } });
    const number = (type: string) => `mutation($a: ${type}!) { createPayment(amount: $a) { id } }`;
    await ask({ query: number('Float'), variables: { a: 19.99 } });
    await ask({ query: number('Int'), variables: { a: 20 } });
    expect(calls.map(({ input }) => input)).toEqual(['0.10', 5, 19.99, 20].map((amount) => ({ amount })));
  });

  it.each([
    [
      'a number of the document',
      'mutation { createPayment(amount: 0.1000000000000000055) { id } }',
      {},
      '0.1000000000000000055',
    ],
    ['one with an exponent', 'mutation { createPayment(amount: 1.25e2) { id } }', {}, '125'],
    ['a text', 'mutation { createPayment(amountText: "0.30") { id } }', {}, '0.30'],
    ['a text beside null', 'mutation { createPayment(amount: null, amountText: "1") { id } }', {}, '1'],
    [
      'the default of a variable',
      'mutation($a: Float = 0.1000000000000000055) { createPayment(amount: $a) { id } }',
      {},
      '0.1000000000000000055',
    ],
    [
      'what was given instead of a default',
      'mutation($a: Float = 0.1000000000000000055) { createPayment(amount: $a) { id } }',
      { a: 0.1 },
      0.1,
    ],
  ])('hands on a decimal exactly: %s', async (_, query, variables, amount) => {
    await ask({ query, variables });
    expect(calls.map(({ input }) => input)).toEqual([{ amount }]);
  });

  it('hands on the decimals inside of lists and objects, and leaves other numbers alone', async () => {
    const query = `mutation($l: LineInput!, $p: Float) { createPayment(ratio: 0.50, lines: [
      $l, { price: 0.10, label: "a" }, { priceText: "0.20", more: { price: 0.30 } }, { price: $p }]) { id } }`;
    await ask({ query, variables: { l: { price: 1.5, more: [{ priceText: '2.50' }] }, p: 0.7 } });
    expect(calls[0]?.input).toEqual({
      ratio: 0.5,
      lines: [
        { price: 1.5, more: [{ price: '2.50' }] },
        { price: '0.10', label: 'a' },
        { price: '0.20', more: [{ price: '0.30' }] },
        { price: 0.7 },
      ],
    });
  });

  it.each([
    'mutation { createPayment(amount: 1, amountText: "1") { id } }',
    'mutation { createPayment(lines: [{ price: 1, priceText: "1" }]) { id } }',
  ])('refuses a decimal that is given twice: %s', async (query) => {
    const { json } = await ask({ query });
    expect(json.errors).toMatchObject([
      { message: expect.stringMatching(/^Give (amount|price) or /), extensions: { code: 'invalid-request' } },
    ]);
    expect(calls).toEqual([]);
  });

  it('hands on a refusal with its code, its status and its further members', async () => {
    const body = {
      code: 'limit',
      title: 'Too much',
      status: 422,
      detail: 'Over',
      type: 'x',
      requestId: 'r',
      max: 5,
    };
    reply = { status: 200, body: { status: 422, body } };
    const { status, json } = await ask({ query: '{ payment(id: "a") { id } }' });
    expect(status).toBe(200);
    expect(json.data).toBeNull();
    expect(json.errors).toMatchObject([
      {
        message: 'Over',
        path: ['payment'],
        extensions: { code: 'limit', status: 422, requestId: 'r', max: 5 },
      },
    ]);
  });

  it('says nothing of a plugin that crashed', async () => {
    reply = {
      status: 200,
      headers: { 'x-amz-function-error': 'Unhandled' },
      body: { errorMessage: 'secret' },
    };
    const { json } = await ask({ query: '{ payment(id: "a") { id } }' });
    expect(json.errors[0].extensions.code).toBe('internal-error');
    expect(JSON.stringify(json)).not.toContain('secret');
  });

  it.each([
    ['no query', {}, 'invalid-request'],
    ['variables that are a list', { query: '{ payment(id: "a") { id } }', variables: [] }, 'invalid-request'],
    [
      'variables that do not fit',
      { query: 'query($i: String!) { payment(id: $i) { id } }' },
      'invalid-request',
    ],
    [
      'an unknown operation name',
      { query: 'query A { payment(id: "a") { id } }', operationName: 'B' },
      'invalid-request',
    ],
    ['broken syntax', { query: '{' }, 'graphql-parse-failed'],
    ['a subscription', { query: 'subscription { payment(id: "a") { id } }' }, 'graphql-validation-failed'],
    ['more tokens than allowed', { query: `{ ${'a '.repeat(4100)} }` }, 'graphql-parse-failed'],
    ['an unknown field', { query: '{ nothing }' }, 'graphql-validation-failed'],
    [
      'a text where a number is expected',
      { query: 'mutation { createPayment(amount: "1") { id } }' },
      'graphql-validation-failed',
    ],
    [
      'a Float where an Int is expected',
      {
        query: 'mutation($a: Float!) { createPayment(minor: $a) { id } }',
        variables: { a: 1 },
      },
      'graphql-validation-failed',
    ],
    [
      'an Int that may be absent where a Float may not',
      { query: 'query($a: Int) { sum(of: $a) }', variables: { a: 1 } },
      'graphql-validation-failed',
    ],
    ['a bad Decimal', { query: 'mutation { createPayment(amountText: true) { id } }' }, 'invalid-request'],
    ['too much text', { query: `{ payment(id: "${'x'.repeat(17_000)}") { id } }` }, 'graphql-limit-exceeded'],
    [
      'too deep a document',
      { query: `{ payment(id: "a") ${'{ parent '.repeat(11)}{ id }${' }'.repeat(11)} }` },
      'graphql-limit-exceeded',
    ],
    [
      'aliases multiplied by fragments',
      {
        query: `{ payment(id: "a") { ...A } } fragment A on Payment { x: id ...B y: parent { ...B } z: parent { ...B } }
          fragment B on Payment { a: id b: id c: id d: id e: id }`,
      },
      'graphql-limit-exceeded',
    ],
    [
      'too many directives',
      { query: `{ ${'a: __typename @skip(if: false) @include(if: true) '.repeat(26)} }` },
      'graphql-limit-exceeded',
    ],
    [
      'a directive too often at one place',
      { query: `query ${'@a '.repeat(5)} { __typename }` },
      'graphql-limit-exceeded',
    ],
    [
      'too many fields, though all are one',
      { query: `{ payment(id: "a") { ${'id '.repeat(1000)} } }` },
      'graphql-limit-exceeded',
    ],
    [
      'too many operations',
      { query: Array.from({ length: 51 }, (_, at) => `query Q${at} { __typename }`).join(' ') },
      'graphql-limit-exceeded',
    ],
    [
      'too many variables',
      { query: `query(${'$a: Int '.repeat(101)}) { __typename }` },
      'graphql-limit-exceeded',
    ],
    [
      'too long a list',
      { query: `mutation { createPayment(amount: [${'1 '.repeat(1001)}]) { id } }` },
      'graphql-limit-exceeded',
    ],
    [
      'too long a list in its variables',
      {
        query: 'query($id: ID!) { payment(id: $id) { id } }',
        variables: { id: 'a', more: [{ list: Array.from({ length: 1001 }, () => 1) }] },
      },
      'graphql-limit-exceeded',
    ],
    [
      'aliases below introspection',
      {
        query: `{ __schema { ${Array.from({ length: 16 }, (_, at) => `a${at}: types { name }`).join(' ')} } }`,
      },
      'graphql-limit-exceeded',
    ],
    [
      'introspection that goes in circles',
      { query: '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }' },
      'graphql-validation-failed',
    ],
    ['a fragment of itself', { query: '{ ...F } fragment F on Query { ...F }' }, 'graphql-validation-failed'],
  ])('refuses %s', async (_, body, code) => {
    const { status, json } = await ask(body);
    expect([status, json.data]).toEqual([400, undefined]);
    expect(json.errors[0].extensions.code).toBe(code);
    expect(calls).toEqual([]);
  });

  it('refuses nesting as deep as its text allows, whichever ends first, stack or tokens', async () => {
    const { status, json } = await ask({ query: '{a'.repeat(8000) });
    expect(status).toBe(400);
    expect(json.errors[0].extensions.code).toMatch(/^graphql-(limit-exceeded|parse-failed)$/);
  });

  it('shows its schema, but not in production', async () => {
    const query = '{ __schema { types { fields { type { ofType { ofType { ofType { name } } } } } } } }';
    expect((await ask({ query })).json.data.__schema.types.length).toBeGreaterThan(3);
    expect((await ask({ query }, { stage: 'prod' })).status).toBe(400);
  });
});

it('shows the descriptions that are kept beside the schema', async () => {
  const query = `{
    payment: __type(name: "Payment") { description }
    query: __type(name: "Query") { description fields { name description args { name description } } }
    line: __type(name: "LineInput") { inputFields { name description } }
    decimal: __type(name: "Decimal") { description } }`;
  const { json } = await ask({ query });
  expect(json.data).toMatchObject({
    payment: { description: 'A payment.' },
    query: {
      description: null,
      fields: [
        { name: 'payment', description: 'Reads a payment.', args: [{ name: 'id', description: 'Which.' }] },
        { name: 'sum', description: null },
      ],
    },
    decimal: { description: 'Exact.' },
  });
  expect(json.data.line.inputFields[0]).toEqual({ name: 'price', description: 'For one.' });
});

describe('an idempotency key', () => {
  it('comes from the header for the one mutation there is', async () => {
    await ask({ query: 'mutation { createPayment(amount: 1) { id } }' }, key);
    await ask({ query: 'mutation { createPayment(amount: 1, idempotencyKey: "mine") { id } }' }, key);
    await ask({ query: 'mutation { cancelPayment(id: "a") { id } }' }, key);
    await ask({ query: '{ payment(id: "a") { id } }' }, key);
    expect(calls.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['k-1', 'mine', undefined, undefined]);
  });

  it('is refused in the header where it could mean several mutations', async () => {
    const two = (argument: string) =>
      `mutation { a: createPayment(amount: 1${argument}) { id } ...R } fragment R on Mutation { b: createPayment(amount: 2${argument}) { id } }`;
    const { status, json } = await ask({ query: two('') }, key);
    expect([status, json.errors[0].extensions.code, calls]).toEqual([400, 'idempotency-key-invalid', []]);
    await ask({ query: two(', idempotencyKey: "own"') }, key);
    expect(calls.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['own', 'own']);
  });
});
