import * as z from 'zod/mini';
import { documentClient } from '#runtime/aws/documents.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { createInbox } from '#runtime/inbox/inbox.ts';
import manifest from './plugin.json' with { type: 'json' };
import type { Services } from './services.ts';
import { createReceiptStore } from './store/receipts.ts';

export const plugin = definePlugin({
  manifest,
  config: z.object({}),
  initialize(_config, { table, now }): Services {
    const store = { client: documentClient(), table: table('receipts'), now };
    return { receipts: createReceiptStore(store), inbox: createInbox({ ...store, consumer: 'receipts' }) };
  },
});
