import {
  buildClientSchema,
  buildSchema,
  introspectionFromSchema,
  lexicographicSortSchema,
  printSchema,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { bareSchema } from '#infra/bundling/compose/graphql-bare.ts';
import { createGraphqlTypes } from '#infra/bundling/compose/graphql-types.ts';
import { createDefinitions } from '#infra/bundling/compose/json-schema.ts';
import type { JsonSchema } from '#infra/bundling/compose/types.ts';
import type { GraphqlData } from '../../../../../functions/platform/data.ts';
import { describeSchema } from '../../../../../functions/platform/graphql/texts.ts';
import { dataFile, fixture, assemblyOf } from '../../../../infra/synth.ts';

describe('GraphQL types', () => {
  const typeOf = (schema: JsonSchema, required = true): string => {
    const definitions = createDefinitions();
    return createGraphqlTypes(definitions).typeOf(definitions.take(schema), 'output', 'Name', required);
  };

  test.each<[JsonSchema, string]>([
    [{ type: 'string' }, 'String!'],
    [{ type: 'string', enum: ['a', 'b'] }, 'Name!'],
    [{ anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }] }, 'Name'],
    [{ type: 'string', enum: ['a-b', 'c'] }, 'String!'],
    [{ type: 'string', enum: ['true', 'c'] }, 'String!'],
    [{ type: 'string', format: 'date-time' }, 'DateTime!'],
    [
      {
        anyOf: [
          { type: 'string', format: 'date' },
          { type: 'string', format: 'date-time' },
        ],
      },
      'DateTime!',
    ],
    [{ type: 'array', items: { type: 'string', enum: ['a'] } }, '[NameItem!]!'],
    [{ const: 'a' }, 'String!'],
    [{ type: 'boolean' }, 'Boolean!'],
    [{ type: 'number' }, 'Float!'],
    [{ type: ['number', 'string'] }, 'Decimal!'],
    [{ anyOf: [{ type: 'number' }, { type: 'string' }] }, 'Decimal!'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'String'],
    [{ type: ['string', 'null'] }, 'String'],
    [{ type: 'integer', minimum: 1, maximum: 100 }, 'Int!'],
    [{ type: 'integer', exclusiveMinimum: 0, maximum: 2_147_483_647 }, 'Int!'],
    [{ type: 'integer', minimum: 1, maximum: 2_147_483_648 }, 'SafeInt!'],
    [{ type: 'integer' }, 'SafeInt!'],
    [{ type: 'array', items: { type: 'string' } }, '[String!]!'],
    [{ type: 'array', items: { type: ['string', 'null'] } }, '[String]!'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, 'JSON!'],
    [{}, 'JSON!'],
    [
      {
        anyOf: [
          { type: 'object', properties: { a: {} } },
          { type: 'object', properties: { b: {} } },
        ],
      },
      'JSON!',
    ],
    [
      { $ref: '#/$defs/Order', $defs: { Order: { type: 'object', properties: { id: { type: 'string' } } } } },
      'Order!',
    ],
    [{ type: 'object', properties: { id: { type: 'string' } } }, 'Name!'],
  ])('%j is %s', (schema, expected) => {
    expect(typeOf(schema)).toBe(expected);
    expect(typeOf(schema, false)).toBe(expected.replace(/!$/, ''));
  });

  test.each<[JsonSchema, string[]]>([
    [{ type: ['number', 'string'] }, ['total: Float', 'totalText: Decimal']],
    [{ type: 'integer' }, ['total: Int']],
    [{ type: 'integer', minimum: -9_007_199_254_740_991, maximum: 9_007_199_254_740_991 }, ['total: Int']],
    [{ type: 'integer', minimum: 1, maximum: 9_007_199_254_740_991 }, ['total: Int']],
    [{ type: 'integer', minimum: 1, maximum: 4_000_000_000 }, ['total: SafeInt']],
  ])('the arguments for %j are %j', (schema, expected) => {
    const definitions = createDefinitions();
    const members = createGraphqlTypes(definitions).members(
      { properties: { total: schema } },
      'input',
      'X',
      '',
    );
    expect(members.map((member) => member.split('\n').at(-1))).toEqual(expected);
  });

  test('the name of the text of a decimal has to be free', () => {
    const properties = { total: { type: ['number', 'string'] }, totalText: { type: 'string' } };
    expect(() => createGraphqlTypes(createDefinitions()).members({ properties }, 'input', 'X', '')).toThrow(
      'rename it',
    );
  });

  test('an enum has the texts of its values, and one name for one set', () => {
    const definitions = createDefinitions();
    const types = createGraphqlTypes(definitions);
    const texts = { b: 'The "best".' };
    const size = { type: 'string', enum: ['a', 'b'], description: 'A size.', 'x-enumDescriptions': texts };
    const used = { $ref: '#/$defs/Size', $defs: { Size: size } };
    expect(types.typeOf(definitions.take(used), 'input', 'X', true)).toBe('Size!');
    expect(types.typeOf(definitions.take(used), 'output', 'Y', true)).toBe('Size!');
    expect(types.sdl()).toEqual(['"""A size."""\nenum Size {\n  a\n  """The "best"."""\n  b\n}']);
    expect(() => types.typeOf({ type: 'string', enum: ['c'] }, 'output', 'Size', true)).toThrow('two types');
  });

  test('a text is an ID where its name says so', () => {
    const text = { type: 'string' };
    const properties = { id: text, customerId: text, paid: text, refundIds: { type: 'array', items: text } };
    const types = createGraphqlTypes(createDefinitions());
    expect(types.members({ properties }, 'output', 'X', '')).toEqual([
      'id: ID',
      'customerId: ID',
      'paid: String',
      'refundIds: [ID!]',
    ]);
  });

  test('the descriptions of a schema can be taken out and found by path', () => {
    const sdl = '"""R""" type Query { "f" a("x" b: E c: Int): Int } "e" enum E { "v" V }';
    const { schema, texts } = bareSchema(sdl);
    expect(printSchema(buildClientSchema(schema))).toBe(
      'type Query {\n  a(b: E, c: Int): Int\n}\n\nenum E {\n  V\n}',
    );
    expect(texts).toEqual({
      Query: 'R',
      'Query.a': 'f',
      'Query.a.b': 'x',
      E: 'e',
      'E.V': 'v',
    });
  });

  test('and put back: the schema that clients see is the one that was composed', () => {
    const sdl = `
      "Money." scalar Decimal
      type Query { "Reads." payment("Which." id: ID!, kind: Kind = card): Payment @deprecated(reason: "Old.") }
      type Mutation { pay(input: [PayInput!]! = [], exact: Decimal): Payment! }
      type Payment { id: ID! amount: Decimal parent: Payment }
      enum Kind { "By card." card bank @deprecated }
      input PayInput { amount: Float = 1.5, more: [PayInput!], kind: Kind }`;
    const { schema, texts } = bareSchema(sdl);
    const built = buildClientSchema(schema, { assumeValid: true });
    describeSchema(built, texts);
    const printed = (one: GraphQLSchema) => printSchema(lexicographicSortSchema(one));
    expect(printed(built)).toBe(printed(buildSchema(sdl)));
    const directives = (one: GraphQLSchema) => introspectionFromSchema(one).__schema.directives;
    expect(directives(built)).toEqual(directives(buildSchema(sdl)));
  });

  test('one id for two schemas is an error', () => {
    const definitions = createDefinitions();
    definitions.take({ $defs: { A: { type: 'string' } } });
    definitions.take({ $defs: { A: { type: 'string' } } });
    expect(() => definitions.take({ $defs: { A: { type: 'number' } } })).toThrow('the id "A"');
  });

  test('a schema may contain itself', () => {
    const definitions = createDefinitions();
    const types = createGraphqlTypes(definitions);
    const node = { type: 'object', properties: { next: { $ref: '#/$defs/Node' } } };
    expect(
      types.typeOf(definitions.take({ $ref: '#/$defs/Node', $defs: { Node: node } }), 'output', 'X', true),
    ).toBe('Node!');
    expect(types.sdl().join('\n')).toContain('next: Node');
  });
});

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;
  readonly components: Readonly<Record<'schemas' | 'responses' | 'securitySchemes', Record<string, unknown>>>;
}

describe('what is composed of all plugins', () => {
  let dir: string;
  beforeAll(async () => {
    ({ dir } = await assemblyOf(fixture('full')));
  });

  test('the GraphQL front has the public operations and knows who runs them', () => {
    const { schema: described, fields } = dataFile(dir, 'graphql') as GraphqlData;
    const schema = buildClientSchema(described);
    const mutations = schema.getMutationType()?.getFields() ?? {};
    expect(Object.keys(mutations)).toEqual(['createOrder', 'updateOrder', 'importOrders']);
    expect(mutations['createOrder']?.args.map((arg) => `${arg.name}: ${String(arg.type)}`)).toEqual([
      'total: Float',
      'totalText: Decimal',
      'lines: [CreateOrderLinesItemInput!]!',
      'labels: JSON',
      'idempotencyKey: String',
    ]);
    expect(mutations['updateOrder']?.args.map(({ name }) => name)).toEqual(['id', 'note']);
    const order = schema.getType('Order') as GraphQLObjectType;
    expect(Object.entries(order.getFields()).map(([name, { type }]) => `${name}: ${String(type)}`)).toEqual([
      'id: ID!',
      'total: Decimal!',
      'totalMinor: SafeInt!',
      'items: [OrderItemsItem!]!',
      'note: String',
      'labels: JSON',
    ]);
    expect(fields['Mutation.createOrder']).toEqual({
      plugin: 'shop',
      function: 'api',
      operation: 'createOrder',
      idempotency: 'key',
    });
  });

  test('the OpenAPI document splits the input into path, query and body', () => {
    const { openapi, paths, components } = dataFile(dir, 'openapi') as OpenApi;
    expect(openapi).toBe('3.1.0');
    const names = (path: string, method: string) =>
      ((paths[path]?.[method]?.['parameters'] ?? []) as { name: string; in: string }[]).map(
        (parameter) => `${parameter.in} ${parameter.name}`,
      );
    expect(names('/orders/{id}/update', 'post')).toEqual(['path id']);
    expect(names('/orders', 'get')).toEqual(['query limit', 'query from']);
    expect(names('/orders', 'post')).toEqual(['header Idempotency-Key']);
    expect(paths['/orders/{id}/update']?.['post']).toHaveProperty(
      ['requestBody', 'content', 'application/json', 'schema', 'properties'],
      { note: { type: 'string' } },
    );
    expect(paths['/orders/{id}']?.['get']).not.toHaveProperty('requestBody');
    expect(paths['/orders']?.['post']?.['security']).toEqual([{ token: ['orders:write'] }]);
    expect(paths['/orders']?.['post']?.['responses']).toHaveProperty('201');
    expect(components.schemas).toHaveProperty('Order');
    expect(components.securitySchemes).toHaveProperty('token.bearerFormat', 'JWT');
  });

  test('an operation lists its own errors together with those of the platform', () => {
    const { paths, components } = dataFile(dir, 'openapi') as OpenApi;
    const responses = paths['/orders']?.['post']?.['responses'] as Record<string, { description?: string }>;
    expect(responses['409']?.description).toContain('`out-of-stock`');
    expect(responses['503']).toEqual({ $ref: '#/components/responses/problem-503' });
    expect(components.responses).toHaveProperty(['problem-503', 'headers', 'Retry-After']);
    expect(Object.keys((components.responses['problem-400'] as { content: object }).content)).toEqual([
      'application/problem+json',
    ]);
  });

  test('every reference of the OpenAPI document leads somewhere', () => {
    const document = dataFile(dir, 'openapi') as OpenApi;
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      (match) => match[1] ?? '',
    );
    expect(references.length).toBeGreaterThan(10);
    for (const reference of references) expect(document).toHaveProperty(reference.split('/'));
  });

  test('internal operations and those without a route are not in it, the routes of the platform are', () => {
    const { paths } = dataFile(dir, 'openapi') as OpenApi;
    expect(Object.keys(paths).sort()).toEqual([
      '/graphql',
      '/openapi.json',
      '/orders',
      '/orders/{id}',
      '/orders/{id}/update',
      '/plugins',
      '/plugins/drift',
      '/plugins/errors',
      '/plugins/health',
      '/plugins/load',
      '/plugins/unload',
      '/plugins/{name}',
      '/plugins/{name}/audit',
      ...[
        '',
        '/backups',
        '/backups/{takenAt}',
        '/diff',
        '/export',
        '/import',
        '/rollback',
        '/schema',
        '/versions',
        '/versions/{label}',
      ].map((path) => `/plugins/{name}/config${path}`),
      '/plugins/{name}/errors',
      '/plugins/{name}/errors/{fingerprint}',
    ]);
  });

  test('the directory lists the plugins with their public side', () => {
    const { plugins, broken } = dataFile(dir, 'directory') as {
      plugins: Record<string, unknown>[];
      broken: unknown[];
    };
    expect(broken).toEqual([]);
    expect(plugins.map(({ name }) => name)).toEqual(['audit', 'shop']);
    expect(plugins[0]).toMatchObject({
      dependencies: [{ name: 'shop', version: '^1.0.0', optional: false, operations: ['reserve'] }],
      hasSubscriptions: true,
      subscriptionFunctions: ['on-ordered'],
    });
    expect(plugins[0]).not.toHaveProperty('function');
    expect(plugins[1]).toMatchObject({
      function: 'api',
      webhooks: [{ name: 'courier', path: '/webhooks/courier' }],
      hasSubscriptions: false,
    });
    expect(JSON.stringify(plugins[1]?.['operations'])).not.toContain('reserve');
  });
});
