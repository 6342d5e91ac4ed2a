import { apiHandler } from '#runtime/adapters/api.ts';
import { graphqlApi } from './graphql/definition.ts';
import * as operations from './graphql/operations.ts';

export const handler = apiHandler(graphqlApi(new URL('data/', import.meta.url)), operations);
