import { apiHandler } from '#runtime/adapters/api.ts';
import { pluginsApi } from './plugins/definition.ts';
import { deploymentAdapter } from './plugins/deployment.ts';

export const handler = apiHandler(pluginsApi(new URL('data/', import.meta.url)), {
  deployment: deploymentAdapter(),
});
