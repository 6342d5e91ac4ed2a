import { execute, GraphQLError, type GraphQLSchema } from 'graphql';
import type { Reply } from '#runtime/contract/reply.ts';
import { isJsonObject } from '#runtime/json-object.ts';
import { variableErrors } from './bounds.ts';
import { withCode, type ReadDocument } from './documents.ts';
import { headerKey } from './idempotency-key.ts';
import type { FieldContext } from './schema.ts';

export interface GraphqlRequest {
  readonly query?: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
}

export type GraphqlBody = { readonly data?: unknown; readonly errors?: readonly unknown[] };

interface AnswerServices {
  readonly schema: GraphQLSchema;
  readonly read: (query: string) => ReadDocument;
}

/** 400 for a request that cannot be executed; once execution has begun it is a 200, errors or not. */
export async function answer(
  { query, variables, operationName }: GraphqlRequest,
  context: Omit<FieldContext, 'variables'>,
  { schema, read }: AnswerServices,
): Promise<Reply<GraphqlBody>> {
  if (typeof query !== 'string') return refused([invalidRequest('"query" must be a string.')]);
  if (variables !== undefined && variables !== null && !isJsonObject(variables)) {
    return refused([invalidRequest('"variables" must be an object.')]);
  }
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    return refused([invalidRequest('"operationName" must be a string.')]);
  }
  const excessive = variableErrors(variables);
  if (excessive.length > 0) return refused(excessive);
  const checked = read(query);
  if (!checked.ok) return refused(checked.errors);
  const { document } = checked;
  const header = headerKey(document, operationName ?? undefined, context.idempotencyKey);
  if (!header.ok) return refused([header.error]);
  const result = await execute({
    schema,
    document,
    variableValues: variables,
    operationName,
    contextValue: {
      ...context,
      idempotencyKey: header.key,
      variables: variables ?? {},
    } satisfies FieldContext,
  });
  // Without `data` nothing was executed: the variables do not fit, or no operation has that name.
  if (!('data' in result)) return refused(result.errors ?? []);
  const errors = result.errors?.map((error) => withCode(error, 'internal-error').toJSON());
  return { status: 200, body: { data: result.data, ...(errors && { errors }) } };
}

const invalidRequest = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'invalid-request' } });

const refused = (errors: readonly GraphQLError[]): Reply<GraphqlBody> => ({
  status: 400,
  body: { errors: errors.map((error) => withCode(error, 'invalid-request').toJSON()) },
});
