import {
  buildClientSchema,
  GraphQLError,
  type GraphQLArgument,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import type { PluginCaller } from '#runtime/call.ts';
import type { Caller, CallSource } from '#runtime/contract/operation.ts';
import type { Log } from '#runtime/contract/log.ts';
import { problemOf } from '#runtime/problem.ts';
import type { GraphqlField, GraphqlData } from '../data.ts';
import { holdDecimals, withDecimals } from './decimals.ts';
import { bindScalars } from './scalars.ts';

/** What a resolver knows of the request it works for. */
export interface FieldContext {
  readonly caller: Caller;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly source?: CallSource | undefined;
  readonly stage: string;
  readonly log: Log;
  readonly remainingMs: () => number;
  /** Key of the request's header, where the document has exactly one mutation for it to belong to. */
  readonly idempotencyKey: string | undefined;
  /** The request's variables as the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Builds the schema once; each root field calls the plugin that owns it, which alone checks scope and input. */
export function createSchema(
  { schema: described, fields }: GraphqlData,
  call: Pick<PluginCaller, 'operation'>,
): GraphQLSchema {
  // Synth has validated it.
  const schema = buildClientSchema(described, { assumeValid: true });
  bindScalars(schema.getTypeMap());
  for (const root of [schema.getQueryType(), schema.getMutationType()]) {
    for (const [name, field] of Object.entries(root?.getFields() ?? {})) {
      const target = fields[`${root?.name}.${name}`];
      if (target) field.resolve = resolver(target, call, field.args);
    }
  }
  return schema;
}

function resolver(
  { plugin, function: key, operation, idempotency }: GraphqlField,
  call: Pick<PluginCaller, 'operation'>,
  declared: readonly GraphQLArgument[],
): GraphQLFieldResolver<unknown, FieldContext, Record<string, unknown>> {
  const decimals = holdDecimals(declared);
  return async (_source, { idempotencyKey: argument, ...given }, context, info) => {
    const args = decimals ? exactArguments(given, declared, context, info) : given;
    const idempotencyKey =
      idempotency === 'key' ? ((argument as string | undefined) ?? context.idempotencyKey) : undefined;
    try {
      // The operation decides what null means, as it does over HTTP.
      const request = { plugin, function: key, operation, input: args, idempotencyKey };
      const { body } = await call.operation(request, context);
      return body;
    } catch (error) {
      throw fieldError(error, context);
    }
  };
}

function exactArguments(
  given: Readonly<Record<string, unknown>>,
  declared: readonly GraphQLArgument[],
  { variables }: FieldContext,
  info: GraphQLResolveInfo,
): Record<string, unknown> {
  // Fields that are merged have the same arguments.
  const nodes = info.fieldNodes[0]?.arguments ?? [];
  const written = new Map(nodes.map((node) => [node.name.value, node.value]));
  return withDecimals(given, declared, written, { info, variables });
}

/** A refusal as a GraphQL error: the problem's code, status and further members stand in `extensions`. */
function fieldError(error: unknown, { stage, requestId, log }: FieldContext): GraphQLError {
  const problem = problemOf(error, { stage, requestId, instance: undefined });
  if (problem.code === 'internal-error') log.error('A field failed', { error: error as Error });
  const { type: _type, title, detail, ...extensions } = problem.body;
  return new GraphQLError(String(detail ?? title), { extensions });
}
