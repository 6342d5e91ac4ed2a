import { apiHandler } from '#runtime/adapters/api.ts';
import { operations } from '../operations.ts';
import { plugin } from '../plugin.ts';
import { withDefaultProvider } from '../with-default-provider.ts';

export const handler = apiHandler(withDefaultProvider(plugin), operations);
