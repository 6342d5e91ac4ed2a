import type { $ZodType } from 'zod/v4/core';
import type { Operation } from './operation.ts';

/** Descriptions of one schema and its parts, for the OpenAPI document and the GraphQL schema. */
export interface SchemaDocs {
  /** Matched by identity with the schemas that operations use. */
  readonly schema: $ZodType;
  /** One sentence about the schema as a whole, in CommonMark. */
  readonly text: string;
  /** Texts of an object's members, by name. */
  readonly members?: Readonly<Record<string, string>>;
  /** Texts of an enum's values, by value. */
  readonly values?: Readonly<Record<string, string>>;
}

/** Descriptions of an operation's input members, and one example of a call with its answer. */
export interface OperationDocs {
  /** Matched by identity with the operations of the plugin. */
  readonly operation: object;
  /** Texts of the input's members, by name. */
  readonly input: Readonly<Record<string, string>>;
  readonly example: OperationExample;
}

/** One call of an operation as JSON carries it; the build checks both sides against the operation's schemas. */
export interface OperationExample {
  /** As a client writes it, before the schema has read it. */
  readonly input: unknown;
  /** The body of the answer. */
  readonly output: unknown;
}

/**
 * The `docs` that a plugin's `docs.ts` exports. The file stands beside `plugin.ts` and is read when the API is
 * described; no function imports it, so it adds nothing to a bundle or a cold start.
 */
export interface ApiDocs {
  readonly schemas: readonly SchemaDocs[];
  readonly operations: readonly OperationDocs[];
}

/** Describes an object schema; the compiler requires every member. */
export const describeObject = <T extends object>(
  schema: $ZodType<T>,
  text: string,
  members: { readonly [K in keyof T]-?: string },
): SchemaDocs => ({ schema, text, members });

/** Describes a closed set of texts; the compiler requires every value. */
export const describeEnum = <T extends string>(
  schema: $ZodType<T>,
  text: string,
  values: { readonly [K in T]: string },
): SchemaDocs => ({ schema, text, values });

/**
 * Describes the input of an operation and gives an example. The example's input stands as a client writes it, before
 * the schema has read it; the composition checks both sides against their schemas.
 */
export const describeOperation = <I, O>(
  operation: Pick<Operation<I, O, never>, 'input' | 'output'>,
  input: { readonly [K in keyof I]-?: string },
  example: { readonly input: unknown; readonly output: O },
): OperationDocs => ({ operation, input, example });
