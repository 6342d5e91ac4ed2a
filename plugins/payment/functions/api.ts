import { apiHandler } from '#runtime/adapters/api.ts';
import { operations } from '../operations.ts';
import { plugin } from '../plugin.ts';

export const handler = apiHandler(plugin, operations);
