import * as fc from 'fast-check';
import {
  getNamedType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { hostileText } from '../../support/hostile.ts';

/** A body for `/graphql`. */
export interface FuzzedDocument {
  readonly query: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
}

const text = hostileText.map((value) => JSON.stringify(value.toWellFormed()));
const anyLiteral = fc.oneof(
  text,
  fc.constantFrom(
    'null',
    'true',
    '1',
    '-1',
    '0.001',
    '1e400',
    '99999999999999999999',
    'ENUM',
    '[]',
    '{}',
    '[[[[1]]]]',
    '{a:{b:{c:1}}}',
    '$v',
    '"""block"""',
    '['.repeat(150) + ']'.repeat(150),
  ),
);

/** Mostly a literal of the type, sometimes any other. */
function literal(type: GraphQLInputType): fc.Arbitrary<string> {
  if (isNonNullType(type)) return literal(type.ofType);
  if (isListType(type))
    return fc.array(literal(type.ofType), { maxLength: 3 }).map((all) => `[${all.join(', ')}]`);
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name), 'NO_SUCH');
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    return fc
      .tuple(...fields.map((field) => fc.option(literal(field.type), { nil: undefined })))
      .map(
        (values) =>
          `{ ${values.flatMap((value, at) => (value ? [`${fields[at]?.name}: ${value}`] : [])).join(', ')} }`,
      );
  }
  const fitting: Readonly<Record<string, fc.Arbitrary<string>>> = {
    Int: fc.oneof(fc.integer().map(String), fc.constant('2147483648')),
    Float: fc.oneof(fc.integer().map(String), fc.constantFrom('0.1', '1e3', '1e309')),
    Boolean: fc.constantFrom('true', 'false'),
    JSON: fc.constantFrom('{a: [1, {b: null}]}', '"x"', '{__proto__: {a: 1}}', '{constructor: 1}'),
  };
  return fc.oneof({ weight: 4, arbitrary: fitting[type.name] ?? text }, { weight: 1, arbitrary: anyLiteral });
}

const directive = fc.constantFrom(
  '',
  '',
  '',
  ' @include(if: true)',
  ' @skip(if: $v)',
  ' @nope',
  ' @include',
  ' @skip(if: false) @skip(if: false)',
);

function selection(type: GraphQLOutputType, depth: number): fc.Arbitrary<string> {
  const named = getNamedType(type);
  if (!isObjectType(named)) return fc.constantFrom('', '', '', ' { x }');
  if (depth === 0) return fc.constant(' { __typename }');
  const fields = Object.values(named.getFields());
  const one = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...fields).chain((field) => selected(field, depth - 1)) },
    fc.constantFrom(
      '__typename',
      '__schema { types { name } }',
      '...F',
      '... on Query { __typename }',
      `...{ __typename }`,
      'noSuchField',
    ),
  );
  return fc.array(one, { minLength: 1, maxLength: 5 }).map((all) => ` { ${all.join(' ')} }`);
}

function selected(field: GraphQLField<unknown, unknown>, depth: number): fc.Arbitrary<string> {
  const args = field.args.map((arg) =>
    fc.option(literal(arg.type), { freq: isNonNullType(arg.type) ? 9 : 1, nil: undefined }),
  );
  return fc
    .tuple(
      fc.constantFrom('', '', '', 'a: ', '__a: '),
      fc.tuple(...args),
      directive,
      selection(field.type, depth),
    )
    .map(([alias, values, used, inner]) => {
      const given = values.flatMap((value, at) => (value ? [`${field.args[at]?.name}: ${value}`] : []));
      return `${alias}${field.name}${given.length > 0 ? `(${given.join(', ')})` : ''}${used}${inner}`;
    });
}

const fragments = fc.constantFrom(
  '',
  '',
  ' fragment F on Query { __typename }',
  ' fragment F on Query { ...F }',
  ' fragment F on Query { ...G } fragment G on Query { ...F }',
  ' fragment F on Payment { id }',
  ' fragment F on NoType { id }',
  ` fragment F on Query { ...G ...G } fragment G on Query { ...H ...H } fragment H on Query { __typename }`,
);
const declared = fc.constantFrom(
  '',
  '',
  '($v: Int)',
  '($v: Boolean! = true)',
  '($v: String, $v: Int)',
  '($v: [[[[[Int]]]]])',
  '($v: NoType)',
);

/** Documents that no schema decides on: too deep, too long, too wide, or no documents. */
const oversized = fc.constantFrom(
  `{ ${'a{'.repeat(5_000)}b${'}'.repeat(5_000)} }`,
  `{ ${'payments { payments { id } } '.repeat(400)} }`,
  `{ ${Array.from({ length: 200 }, (_, at) => `a${at}: __typename`).join(' ')} }`,
  `query ${'@a'.repeat(3_000)} { __typename }`,
  `{ payment(id: "${'x'.repeat(20_000)}") { id } }`,
  `{ payments(status: ${'['.repeat(3_000)}${']'.repeat(3_000)}) { cursor } }`,
  Array.from({ length: 300 }, (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`).join(
    ' ',
  ) + ' { ...F0 }',
  `{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }`,
  `{ __type(name: "Query") { ofType { ofType { ofType { ofType { name } } } } } }`,
  '#'.repeat(16_000),
  '"""',
  '{',
  '',
  'subscription { a }',
  'query A { __typename } query A { __typename }',
  'query A { __typename } query B { __typename }',
  'type Query { a: Int }',
  '\u0000',
);

const variables = fc.oneof(
  fc.constantFrom(undefined, null, {}, [], 'x', 1, { v: { v: { v: 1 } } }),
  fc.dictionary(fc.constantFrom('v', 'id', '__proto__', 'constructor'), fc.jsonValue({ maxDepth: 4 })),
);

/** Documents of a schema's grammar, and others that were changed after it. */
export function fuzzedDocument(schema: GraphQLSchema): fc.Arbitrary<FuzzedDocument> {
  const rootOf = (root: 'query' | 'mutation') => {
    const type = root === 'query' ? schema.getQueryType() : schema.getMutationType();
    const fields = Object.values(type?.getFields() ?? {});
    return fc
      .tuple(
        fc.constantFrom('', 'Op'),
        declared,
        fc.array(
          fc.constantFrom(...fields).chain((field) => selected(field, 4)),
          { minLength: 1, maxLength: 3 },
        ),
        fragments,
      )
      .map(([name, vars, all, more]) => `${root} ${name}${vars} { ${all.join(' ')} }${more}`);
  };
  const grammatical = fc.oneof(rootOf('query'), rootOf('mutation'));
  const broken = fc
    .tuple(
      grammatical,
      fc.nat(),
      fc.nat({ max: 12 }),
      fc.oneof(hostileText, fc.constantFrom('{', '}', '(', '"', '...', '$', '@')),
    )
    .map(([query, at, length, more]) => {
      const place = at % query.length;
      return query.slice(0, place) + more + query.slice(place + length);
    });
  return fc.record({
    query: fc.oneof(
      { weight: 6, arbitrary: grammatical },
      { weight: 3, arbitrary: broken },
      { weight: 1, arbitrary: oversized },
      fc.jsonValue({ maxDepth: 1 }),
    ),
    variables,
    operationName: fc.constantFrom(undefined, undefined, null, 'Op', 'Nobody', '', 1, '__proto__'),
  });
}
