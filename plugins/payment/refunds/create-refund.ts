import { replyTo } from '../engine/reply.ts';
import { refundAnswer } from './refund-operation.ts';
import { operation } from '#runtime/contract/operation.ts';
import * as z from 'zod/mini';
import { paymentErrors } from '../errors.ts';
import { flowOf } from '../engine/flow.ts';
import { refund } from './refund.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Services } from '../services.ts';
import { refundReason } from '../api/enums.ts';
import { type RefundView, refundSchema } from './refund-schema.ts';
import * as schema from '../api/schemas.ts';
import { readAmountUpTo } from '../payments/amounts.ts';
import { disabled } from '../limits/rules.ts';

const input = z.strictObject({
  id: schema.paymentId,
  /** The whole refundable amount when left out. */
  amount: z.optional(schema.amount),
  amountMinor: z.optional(schema.amountMinor),
  reason: z.optional(refundReason),
});

export const createRefund = operation<z.infer<typeof input>, RefundView, Services>({
  summary: 'Refunds a payment, in full or in part',
  description:
    'Concurrent refunds of a payment never exceed the captured amount together. 202 means that the outcome is not ' +
    'known yet.',
  input,
  output: refundSchema,
  successStatus: 201,
  errors: paymentErrors,
  idempotency: 'key',
  async run(context) {
    const { services, input: given } = context;
    const result = await refund(flowOf(context), context, {
      reason: given.reason,
      async amountOf({ provider: name, currency, refundableMinor: maxMinor }) {
        const off = disabled(services.config, 'refunds');
        if (off !== undefined) throw off;
        const provider = await services.provider(name as ProviderName);
        return readAmountUpTo(maxMinor, given, currency, provider);
      },
    });
    return replyTo(result, refundAnswer);
  },
});
