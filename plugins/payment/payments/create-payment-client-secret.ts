import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { paymentErrors, unsupported } from '../errors.ts';
import { clientSecretOf } from './client-secret.ts';
import { flowOf } from '../engine/flow.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';
import { findPayment } from './find-payment.ts';

const input = z.strictObject({ id: schema.paymentId });

export const createPaymentClientSecret = operation<z.infer<typeof input>, schema.ClientSecretView, Services>({
  summary: 'Reads the client secret of a payment that waits for its payer',
  description:
    'For a payer who returns, or whose payment method was declined. The secret is read from the provider for each ' +
    'call, and not stored, logged or published. 409 unless the payment is in requires_action; 422 where the payer ' +
    'pays at the URL of nextAction instead.',
  input,
  output: schema.clientSecretSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run(context) {
    const payment = await findPayment(context);
    const provider = await context.services.provider(payment.provider as ProviderName);
    if (!provider.capabilities.clientSecrets) {
      const detail = 'The payer pays at the address of nextAction; no secret is needed.';
      throw unsupported(provider.name, { detail, capability: 'clientSecrets' });
    }
    return {
      ...ok(await clientSecretOf(flowOf(context), payment)),
      headers: { 'Cache-Control': 'no-store' },
    };
  },
});
