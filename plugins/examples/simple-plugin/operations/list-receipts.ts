import * as z from 'zod/mini';
import { operation, type OperationContext } from '#runtime/contract/operation.ts';
import type { Services } from '../services.ts';

const input = z.strictObject({
  limit: z._default(z.int().check(z.gte(1), z.lte(100)), 20),
});

export const receipt = z.object({
  eventId: z.string(),
  paymentId: z.string(),
  amountMinor: z.int(),
  currency: z.string(),
  occurredAt: z.iso.datetime(),
});
receipt.register(z.globalRegistry, { id: 'Receipt' });

export const receiptList = z.object({ receipts: z.array(receipt) });
receiptList.register(z.globalRegistry, { id: 'ReceiptList' });

export const listReceipts = operation({
  summary: 'The receipts of the payments that succeeded, newest first',
  input,
  output: receiptList,
  errors: {},
  idempotency: 'none',
  async run({ input: { limit }, caller, services }: OperationContext<z.output<typeof input>, Services>) {
    return { receipts: await services.receipts.list(caller.tenant, limit) };
  },
});
