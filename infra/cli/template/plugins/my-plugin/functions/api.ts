import { apiHandler } from '#runtime/adapters/api.ts';
import { greet } from '../operations/greet.ts';
import { plugin } from '../plugin.ts';

export const handler = apiHandler(plugin, { greet });
