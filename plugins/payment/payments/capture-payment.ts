import { replyTo } from '../engine/reply.ts';
import { paymentAnswer } from './payment-answer.ts';
import { operation } from '#runtime/contract/operation.ts';
import * as z from 'zod/mini';
import { paymentErrors, problem, unsupported } from '../errors.ts';
import { flowOf } from '../engine/flow.ts';
import { operate } from './operate.ts';
import { refuseState } from './refusals.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';
import { readAmountUpTo } from './amounts.ts';

const input = z.strictObject({
  id: schema.paymentId,
  /** All that is capturable when left out; a final capture, the default, releases the rest of a smaller amount. */
  amount: z.optional(schema.amount),
  amountMinor: z.optional(schema.amountMinor),
  /** False keeps the rest authorized for further captures, where the provider can. */
  final: z._default(z.boolean(), true),
});

export const capturePayment = operation<z.infer<typeof input>, schema.PaymentView, Services>({
  summary: 'Captures an authorized payment, in full or in part',
  input,
  output: schema.paymentSchema,
  errors: paymentErrors,
  idempotency: 'key',
  async run(context) {
    const flow = flowOf(context);
    const result = await operate(flow, context, {
      kind: 'capture',
      final: context.input.final,
      async amountOf(payment) {
        const { id: paymentId, provider: name, status, currency, capturableMinor, capturedMinor } = payment;
        if (status !== 'authorized' && status !== 'partially_captured') refuseState(payment);
        const provider = await context.services.provider(name as ProviderName);
        if (!context.input.final && !provider.capabilities.multipleCaptures)
          throw unsupported(name, { capability: 'multipleCaptures' });
        const amountMinor =
          readAmountUpTo(capturableMinor, context.input, currency, provider) ?? capturableMinor;
        if (amountMinor > capturableMinor) {
          throw problem('capture-exceeds-authorized', {
            extensions: { paymentId, capturedMinor, capturableMinor },
          });
        }
        return amountMinor;
      },
    });
    return replyTo(result, paymentAnswer(flow));
  },
});
