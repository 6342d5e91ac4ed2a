import { apiHandler } from '#runtime/adapters/api.ts';
import { listReceipts } from '../operations/list-receipts.ts';
import { plugin } from '../plugin.ts';

export const handler = apiHandler(plugin, { listReceipts });
