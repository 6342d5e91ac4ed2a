import { replyTo } from '../engine/reply.ts';
import { paymentAnswer } from './payment-answer.ts';
import { operation } from '#runtime/contract/operation.ts';
import * as z from 'zod/mini';
import { holdsCardNumber } from '../api/card-data.ts';
import { paymentErrors, problem, unsupported } from '../errors.ts';
import { flowOf } from '../engine/flow.ts';
import { operate } from './operate.ts';
import { payerOf } from '../customers/payer.ts';
import { refuseState } from './refusals.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';

const input = z.strictObject({
  id: schema.paymentId,
  /** The provider's token, or a saved method of the payment's customer. */
  paymentMethodId: schema.paymentMethodId,
  returnUrl: z.optional(schema.returnUrl),
});

export const confirmPayment = operation<z.infer<typeof input>, schema.PaymentView, Services>({
  summary: 'Confirms a payment with a payment method, from the server',
  description:
    'For a payment in requires_action, also after a decline. 402 when this payment method is declined: the payment ' +
    'stays in requires_action, as it does when the method requires authentication; POST /payments/{id}/client-secret ' +
    'then returns what the payer needs. 422 where the payer chooses the method at the provider. A saved method without ' +
    'a returnUrl is confirmed off-session. 202 means that the outcome is not known yet.',
  input,
  output: schema.paymentSchema,
  errors: paymentErrors,
  idempotency: 'key',
  async run(context) {
    const { services, input: given, caller } = context;
    if (holdsCardNumber(given)) throw problem('card-data-refused');
    const flow = flowOf(context);
    const result = await operate(flow, context, {
      kind: 'confirm',
      async amountOf(payment) {
        const { capabilities, name: provider } = await services.provider(payment.provider as ProviderName);
        if (!capabilities.confirmOnServer) {
          const detail = 'The payer chooses how to pay at the provider, at nextAction.url.';
          throw unsupported(provider, { detail, capability: 'confirmOnServer' });
        }
        if (payment.status !== 'requires_action' || payment.providerRef === undefined) refuseState(payment);
        return undefined;
      },
      async confirmationOf({ customerId }) {
        const { paymentMethodId, returnUrl } = given;
        const payer = await payerOf(flow, caller.tenant, { customerId, paymentMethodId });
        const offSession = payer?.saved === true && returnUrl === undefined;
        return {
          paymentMethodId: payer?.methodRef ?? paymentMethodId,
          returnUrl,
          ...(offSession && { offSession }),
        };
      },
    });
    return replyTo(result, paymentAnswer(flow));
  },
});
