import { apiHandler } from '#runtime/adapters/api.ts';
import { configApi } from './config/definition.ts';
import * as operations from './config/operations.ts';

export const handler = apiHandler(configApi(new URL('data/', import.meta.url)), operations);
