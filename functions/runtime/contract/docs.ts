import type { $ZodType } from 'zod/v4/core';
import type { Operation } from './operation.ts';

/** What a schema means, for the OpenAPI document and the GraphQL schema. */
export interface SchemaDocs {
  readonly schema: $ZodType;
  readonly text: string;
  /** Texts of an object's members, by name. */
  readonly members?: Readonly<Record<string, string>>;
  /** Texts of an enum's values, by value. */
  readonly values?: Readonly<Record<string, string>>;
}

/** What the input of an operation means, with one call and its answer as they may be. */
export interface OperationDocs {
  /** Matched by identity with the operations of the plugin. */
  readonly operation: object;
  readonly input: Readonly<Record<string, string>>;
  readonly example: OperationExample;
}

export interface OperationExample {
  readonly input: unknown;
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

/** Describes an object schema; the compiler asks for every member. */
export const describeObject = <T extends object>(
  schema: $ZodType<T>,
  text: string,
  members: { readonly [K in keyof T]-?: string },
): SchemaDocs => ({ schema, text, members });

/** Describes a closed set of texts; the compiler asks for every value. */
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
