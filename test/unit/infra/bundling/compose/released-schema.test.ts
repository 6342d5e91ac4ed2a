import {
  buildSchema,
  findBreakingChanges,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  type GraphQLSchema,
} from 'graphql';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  announcedFile,
  composedSdl,
  releasedFile,
  schemaFile,
} from '#infra/bundling/compose/export-graphql.ts';

const read = (file: string): string => readFileSync(file, 'utf8');
const schema = buildSchema(read(schemaFile));
const announced = JSON.parse(read(announcedFile)) as string[];

/** Breaking changes that nobody announced, and announcements of changes that there are not. */
function surprises(released: GraphQLSchema, now: GraphQLSchema, expected: readonly string[]) {
  const found = findBreakingChanges(released, now).map(({ description }) => description);
  return {
    unannounced: found.filter((change) => !expected.includes(change)),
    unfounded: expected.filter((change) => !found.includes(change)),
  };
}

/** Everything of a schema that can have a description, by its path. */
function* parts(given: GraphQLSchema): Generator<readonly [path: string, description: string | null]> {
  const told = (description: string | null | undefined) => description ?? null;
  for (const type of Object.values(given.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    const isRoot = type === given.getQueryType() || type === given.getMutationType();
    if (!isRoot) yield [type.name, told(type.description)];
    if (isEnumType(type)) {
      for (const value of type.getValues()) yield [`${type.name}.${value.name}`, told(value.description)];
    }
    if (isObjectType(type) || isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        yield [`${type.name}.${field.name}`, told(field.description)];
        const args = 'args' in field ? field.args : [];
        for (const arg of args) yield [`${type.name}.${field.name}(${arg.name})`, told(arg.description)];
      }
    }
  }
}

const undescribed = (given: GraphQLSchema): string[] =>
  [...parts(given)].flatMap(([path, text]) => ((text ?? '').trim() === '' ? [path] : []));

describe('functions/platform/graphql/schema.graphql', () => {
  it('is what the build composes of the plugins here; npm run schemas writes it', async () => {
    expect(await composedSdl()).toBe(read(schemaFile));
  });

  it('describes every type, field, argument and value: see docs.ts of the plugin', () => {
    expect(undescribed(schema)).toEqual([]);
    expect([...parts(schema)].length).toBeGreaterThan(200);
  });

  it('breaks nothing of the released schema that announced-changes.json does not have', () => {
    const expected = { unannounced: [], unfounded: [] };
    expect(surprises(buildSchema(read(releasedFile)), schema, announced)).toEqual(expected);
  });

  it('has types that code generators can use for what is closed, an id, a time or an amount', () => {
    const typeOf = (type: string, field: string) =>
      String(
        (schema.getType(type) as { getFields(): Record<string, { type: unknown }> }).getFields()[field]?.type,
      );
    const argument = (field: string, name: string) => {
      const found = { ...schema.getQueryType()?.getFields(), ...schema.getMutationType()?.getFields() }[
        field
      ];
      return String(found?.args.find((arg) => arg.name === name)?.type);
    };
    expect(argument('payment', 'id')).toBe('ID!');
    expect(argument('payments', 'status')).toBe('[PaymentStatus!]');
    expect(argument('payments', 'from')).toBe('DateTime');
    expect(argument('createPayment', 'captureMethod')).toBe('CaptureMethod');
    for (const field of ['createPayment', 'capturePayment', 'createRefund']) {
      expect(['amount', 'amountText', 'amountMinor'].map((name) => argument(field, name))).toEqual([
        'Float',
        'Decimal',
        'Int',
      ]);
    }
    expect(typeOf('Payment', 'status')).toBe('PaymentStatus!');
    expect(typeOf('Payment', 'createdAt')).toBe('DateTime!');
    expect(typeOf('Payment', 'customerId')).toBe('ID');
    expect(typeOf('Payment', 'amount')).toBe('Float!');
  });

  it('has no text where a closed set, an id or a time is meant', () => {
    const suspicious = [...parts(schema)].flatMap(([path]) => {
      const [type = '', field = ''] = path.split(/[.(]/);
      const found = schema.getType(type);
      if (!isObjectType(found) || !/^(status|state|kind|outcome|origin|provider|id|at)$|Id$|At$/.test(field))
        return [];
      return String(found.getFields()[field]?.type).replace('!', '') === 'String' ? [path] : [];
    });
    expect(suspicious).toEqual([]);
  });
});

describe('the comparison with the released schema', () => {
  const released = buildSchema('type Query { a(b: String): String c: Int e: Int }');
  it.each<[string, string, readonly string[], object]>([
    [
      'a new field',
      'type Query { a(b: String): String c: Int d: Int e: Int }',
      [],
      { unannounced: [], unfounded: [] },
    ],
    [
      'a field that is gone',
      'type Query { a(b: String): String e: Int }',
      [],
      { unannounced: ['Query.c was removed.'], unfounded: [] },
    ],
    [
      'one that was announced',
      'type Query { a(b: String): String e: Int }',
      ['Query.c was removed.'],
      { unannounced: [], unfounded: [] },
    ],
    [
      'an announcement of what stayed',
      'type Query { a(b: String): String c: Int e: Int }',
      ['Query.c was removed.'],
      { unannounced: [], unfounded: ['Query.c was removed.'] },
    ],
    [
      'an argument of another type',
      'type Query { a(b: Int): String c: Int e: Int }',
      [],
      { unannounced: ['Query.a arg b has changed type from String to Int.'], unfounded: [] },
    ],
  ])('with %s', (_name, now, expected, surprise) => {
    expect(surprises(released, buildSchema(now), expected)).toEqual(surprise);
  });

  it('sees what has no description', () => {
    expect(
      undescribed(buildSchema('type Query { a("text" b: B, c: B): Int } """t""" enum B { "v" X Y }')),
    ).toEqual(['Query.a', 'Query.a(c)', 'B.Y']);
  });
});
