import type { $ZodType } from 'zod/v4/core';
import type { ApiDocs, OperationDocs } from '#runtime/contract/docs.ts';
import { schemaLeaves } from '#runtime/schema/leaves.ts';
import { validate } from '#runtime/schema/validate.ts';
import { schemaOf } from './schema-of.ts';
import type { DescribedConfig, DescribedOperation } from './types.ts';

/** An operation as a module exports it. */
export interface OperationLike extends Omit<
  DescribedOperation,
  'input' | 'output' | 'successStatus' | 'example'
> {
  readonly successStatus?: number;
  readonly input: $ZodType;
  readonly output: $ZodType;
}

type SchemaTexts = Parameters<typeof schemaOf>[2];

function textsOf({ schemas }: ApiDocs): SchemaTexts {
  return new Map(schemas.map(({ schema, ...texts }) => [schema, texts]));
}

/** @throws Error when an example does not fit: what clients copy has to work */
function exampleOf(name: string, operation: OperationLike, { example }: OperationDocs) {
  for (const side of ['input', 'output'] as const) {
    const checked = validate(operation[side], example[side]);
    if (checked.ok) continue;
    const faults = checked.faults.map(({ path, message }) => `${path} ${message}`).join(', ');
    throw new Error(`docs.ts has an example for "${name}" that does not fit its ${side}: ${faults}`);
  }
  return example as NonNullable<DescribedOperation['example']>;
}

/** What the code and `docs` say of an operation. @throws Error when its example does not fit */
export function operationDescription(
  name: string,
  operation: OperationLike,
  docs: ApiDocs,
): DescribedOperation {
  const {
    summary,
    description,
    successStatus = 200,
    idempotency,
    conditional,
    bodyMember,
    errors,
  } = operation;
  const own = docs.operations.find((one) => one.operation === operation);
  const texts = new Map(textsOf(docs));
  if (own) texts.set(operation.input, { text: '', members: own.input });
  return {
    summary,
    ...(description !== undefined && { description }),
    successStatus,
    idempotency,
    ...(conditional && { conditional }),
    ...(bodyMember !== undefined && { bodyMember }),
    errors,
    input: schemaOf(operation.input, 'input', texts),
    output: schemaOf(operation.output, 'output', texts),
    ...(own && { example: exampleOf(name, operation, own) }),
  };
}

/** The schema of a configuration, with its secrets. */
export function configDescription(config: $ZodType, docs: ApiDocs): DescribedConfig {
  return {
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      ...schemaOf(config, 'input', textsOf(docs)),
    },
    leaves: schemaLeaves(config).map(({ path, secret }) => ({ path, secret })),
  };
}

/** The docs of several modules as one. */
export const mergedDocs = (...all: readonly ApiDocs[]): ApiDocs => ({
  schemas: all.flatMap(({ schemas }) => schemas),
  operations: all.flatMap(({ operations }) => operations),
});
