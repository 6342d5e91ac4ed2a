import type { ErrorCatalogue, platformErrors } from '#runtime/contract/errors.ts';

/**
 * Codes of GraphQL requests alone, in `extensions.code`; the others are the platform's and those of the operations.
 * Functions import the type only.
 */
export const graphqlErrors = {
  'graphql-parse-failed': { status: 400, title: 'The document is not valid GraphQL' },
  'graphql-validation-failed': { status: 400, title: 'The document does not fit the schema' },
  'graphql-limit-exceeded': { status: 400, title: 'The document is larger than the bounds' },
} as const satisfies ErrorCatalogue;

/** What the GraphQL function itself may put into `extensions.code`. */
export type GraphqlCode = keyof typeof graphqlErrors | keyof typeof platformErrors;
