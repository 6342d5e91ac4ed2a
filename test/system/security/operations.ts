import {
  buildClientSchema,
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLOutputType,
  getIntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  getNamedType,
  type GraphQLSchema,
} from 'graphql';
import type { Json } from '#testing/client.ts';
import { manifestsOf } from '#testing/plugins.ts';
import { platformRoot } from '#testing/project.ts';
import type { RawRequest } from '../../support/raw-http.ts';

/** An operation over HTTP, as the system's OpenAPI document describes it. */
export interface HttpOperation {
  readonly id: string;
  readonly tag: string;
  readonly method: string;
  /** With the names of its parameters in braces. */
  readonly path: string;
  /** Undefined: any valid token will do. */
  readonly scope: string | undefined;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly example?: Json }[];
  /** The example of its body. */
  readonly body: Json;
  /** The JSON Schema of its body. */
  readonly bodySchema: Json;
}

/** An operation as a field of GraphQL. */
export interface FieldOperation {
  readonly root: 'query' | 'mutation';
  readonly name: string;
  readonly scope: string | undefined;
  /** The path of the same operation over HTTP; empty where it has none. */
  readonly path: string;
  readonly args: readonly GraphQLArgument[];
  /** Whether its answer has members to choose from. */
  readonly isObject: boolean;
}

/** The operations of an OpenAPI document. */
export function httpOperations(document: Json): readonly HttpOperation[] {
  return Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, one]) => {
      const content = one.requestBody?.content['application/json'];
      return {
        id: one.operationId,
        tag: one.tags[0],
        method: method.toUpperCase(),
        path,
        scope: one.security[0].token[0],
        parameters: one.parameters ?? [],
        body: content?.example,
        bodySchema: content?.schema,
      };
    }),
  );
}

export const introspection = { query: getIntrospectionQuery() };

/** The root fields of a schema, with the scopes that the manifests of this project give them. */
export function fieldOperations(schema: GraphQLSchema): readonly FieldOperation[] {
  const declared = new Map(
    manifestsOf(platformRoot)().flatMap(({ operations = {} }) =>
      Object.values(operations).flatMap(({ graphql, http, scope }) =>
        graphql ? [[`${graphql.kind}.${graphql.field}`, { scope, path: http?.path ?? '' }] as const] : [],
      ),
    ),
  );
  const fields = (['query', 'mutation'] as const).flatMap((root) => {
    const type = root === 'query' ? schema.getQueryType() : schema.getMutationType();
    return Object.values(type?.getFields() ?? {}).map((field) => ({
      root,
      name: field.name,
      scope: declared.get(`${root}.${field.name}`)?.scope,
      path: declared.get(`${root}.${field.name}`)?.path ?? '',
      args: field.args,
      isObject: !isLeafType(getNamedType(field.type)),
    }));
  });
  const unknown = fields.filter(({ root, name }) => !declared.has(`${root}.${name}`));
  if (unknown.length > 0 || fields.length !== declared.size)
    throw new Error(`schema and manifests differ: ${unknown.map(({ name }) => name).join(', ')}`);
  return fields;
}

export const schemaOf = (answer: Json): GraphQLSchema => buildClientSchema(answer.data);

/** What stands in a path, by the name of its parameter. */
export type PathValues = Readonly<Record<string, string>>;

/** An operation's request with the example of its body, and a value for each parameter of its path. */
export function exampleRequest(
  { method, path, body, parameters }: HttpOperation,
  values: PathValues = {},
): RawRequest {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(values[name] ?? parameters.find((one) => one.name === name)?.example ?? 'nothing'),
  );
  const needed = parameters.filter((one) => one.in === 'query' && one.example !== undefined);
  const query = new URLSearchParams(
    needed.map((one): [string, string] => [one.name, String(one.example)]),
  ).toString();
  return {
    method,
    path: query === '' ? filled : `${filled}?${query}`,
    headers: [
      ...(parameters.some((one) => one.name === 'If-Match') ? [['if-match', '*'] as const] : []),
      ...(body === undefined ? [] : [['content-type', 'application/json'] as const]),
    ],
    body: body === undefined ? undefined : JSON.stringify(body),
  };
}

/** A document that asks for one field, with what its arguments need. @param values by the argument's name */
export function fieldDocument(
  { root, name, args, isObject }: FieldOperation,
  values: PathValues = {},
): string {
  const given = args.flatMap((argument) => {
    const value = values[argument.name];
    if (value !== undefined) return [`${argument.name}: ${JSON.stringify(value)}`];
    return isNonNullType(argument.type) && argument.defaultValue === undefined
      ? [`${argument.name}: ${literal(argument.type)}`]
      : [];
  });
  return `${root} { ${name}${given.length > 0 ? `(${given.join(', ')})` : ''}${isObject ? ' { __typename }' : ''} }`;
}

/** Every member of what a query's field returns, down to its lists' items. */
export function wholeOf(schema: GraphQLSchema, name: string): string {
  const members = (type: GraphQLOutputType): string => {
    const named = getNamedType(type);
    if (!isObjectType(named)) return '';
    const fields = Object.values(named.getFields()).map((field) => `${field.name} ${members(field.type)}`);
    return `{ ${fields.join(' ')} }`;
  };
  const field = schema.getQueryType()?.getFields()[name];
  return field ? members(field.type) : '';
}

function literal(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(type.ofType);
  if (isListType(type)) return `[${literal(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) {
    const needed = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
    return `{ ${needed.map((field) => `${field.name}: ${literal(field.type)}`).join(', ')} }`;
  }
  return ['Int', 'Float', 'SafeInt'].includes(type.name) ? '1' : '"usd"';
}
