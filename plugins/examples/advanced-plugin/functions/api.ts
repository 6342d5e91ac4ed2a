import { apiHandler } from '#runtime/adapters/api.ts';
import { getPoints } from '../operations/get-points.ts';
import { listStatements } from '../operations/list-statements.ts';
import { plugin } from '../plugin.ts';

export const handler = apiHandler(plugin, { getPoints, listStatements });
