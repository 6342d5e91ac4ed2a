import { apiHandler } from '#runtime/adapters/api.ts';
import { readEnvironment } from '#runtime/environment.ts';
import { pluginsApi } from './plugins/definition.ts';
import { deploymentAdapter } from './plugins/deployment.ts';
import * as operations from './plugins/operations.ts';

export const handler = apiHandler(pluginsApi(new URL('data/', import.meta.url)), operations, {
  deployment: deploymentAdapter(readEnvironment()),
});
