import {
  GraphQLError,
  Kind,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  VariablesInAllowedPositionRule,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { boundErrors, MAX_QUERY_BYTES, MAX_TOKENS } from './bounds.ts';
import type { GraphqlCode } from './errors.ts';
import { VariablesWithIntAsFloatRule } from './int-as-float.ts';

export type ReadDocument =
  | { readonly ok: true; readonly document: DocumentNode }
  | { readonly ok: false; readonly errors: readonly GraphQLError[] };

interface DocumentsOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  /** Called once, before the first document with introspection fields is executed. */
  readonly beforeIntrospection?: () => void;
  readonly maxCached?: number;
}

/** Parses and validates documents; valid ones are cached, and the least recently used is evicted first. */
export function createDocuments(options: DocumentsOptions) {
  const { schema, introspection, maxCached = 200 } = options;
  let prepared = !introspection || options.beforeIntrospection === undefined;
  const cache = new Map<string, DocumentNode>();
  const ours = specifiedRules.map((rule) =>
    rule === VariablesInAllowedPositionRule ? VariablesWithIntAsFloatRule : rule,
  );
  const rules = introspection ? ours : [...ours, NoSchemaIntrospectionCustomRule];

  function check(query: string): ReadDocument {
    if (Buffer.byteLength(query) > MAX_QUERY_BYTES) {
      return { ok: false, errors: [limitExceeded(`A document may have ${MAX_QUERY_BYTES} bytes.`)] };
    }
    try {
      return checkDocument(parse(query, { maxTokens: MAX_TOKENS }));
    } catch (error) {
      if (error instanceof GraphQLError)
        return { ok: false, errors: [withCode(error, 'graphql-parse-failed')] };
      // Parser and rules recurse: the stack ends before a document of that many tokens does.
      if (!(error instanceof RangeError)) throw error;
      return { ok: false, errors: [limitExceeded('The document is nested too deeply.')] };
    }
  }

  function checkDocument(document: DocumentNode): ReadDocument {
    const excessive = boundErrors(document);
    if (excessive.length > 0) return { ok: false, errors: excessive };
    const invalid = [
      ...missingRootTypes(schema, document),
      ...validate(schema, document, rules, { maxErrors: 10 }),
    ];
    if (invalid.length > 0) {
      return { ok: false, errors: invalid.map((error) => withCode(error, 'graphql-validation-failed')) };
    }
    return { ok: true, document };
  }

  return function read(query: string): ReadDocument {
    const known = cache.get(query);
    if (known) {
      cache.delete(query);
      cache.set(query, known);
      return { ok: true, document: known };
    }
    const checked = check(query);
    if (checked.ok) {
      if (!prepared && /__(schema|type)\b/.test(query)) {
        prepared = true;
        options.beforeIntrospection?.();
      }
      cache.set(query, checked.document);
      const [oldest] = cache.keys();
      if (cache.size > maxCached && oldest !== undefined) cache.delete(oldest);
    }
    return checked;
  };
}

const limitExceeded = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'graphql-limit-exceeded' satisfies GraphqlCode } });

/** Errors for operations whose root type the schema lacks; the specification's validation rules do not cover them. */
function missingRootTypes(schema: GraphQLSchema, { definitions }: DocumentNode): GraphQLError[] {
  return definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION || schema.getRootType(definition.operation)) return [];
    return [new GraphQLError(`The schema has no ${definition.operation}.`, { nodes: definition })];
  });
}

/** The same error with a stable code, unless it has one. */
export function withCode(error: GraphQLError, code: GraphqlCode): GraphQLError {
  if (error.extensions['code'] !== undefined) return error;
  Object.assign(error.extensions, { code });
  return error;
}
