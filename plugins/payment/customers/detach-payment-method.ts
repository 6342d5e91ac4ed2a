import * as z from 'zod/mini';
import { checkTime, findCustomer } from '../api/checks.ts';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { flowOf } from '../engine/flow.ts';
import { isId } from '../engine/model/ids.ts';
import { beginNext, runCommand, settleOpen, unchanged } from '../engine/run-command.ts';
import { problem } from '../errors.ts';
import { methodSchema } from './customer-schema.ts';
import { latestMethodCommand, methodAnswer, methodDetachment } from './method-commands.ts';
import { findMethod } from './repositories.ts';

export const detachPaymentMethod = apiOperation({
  summary: 'Detaches a saved payment method; repeating it changes nothing',
  input: z.strictObject({ id: schema.customerId, paymentMethodId: schema.customerId }),
  output: methodSchema,
  idempotency: 'none',
  async run(context) {
    const { id, paymentMethodId: methodId } = context.input;
    const flow = flowOf(context);
    return runCommand(flow, { commandOf: methodDetachment, answering: methodAnswer }, async () => {
      const root = await findCustomer(context, id);
      const method = isId('pm', methodId) ? await findMethod(flow, root, methodId) : undefined;
      if (method === undefined) throw problem('payment-method-not-found');
      const state = { root, parts: [method] };
      if (method.status === 'detached' || method.status === 'failed') return unchanged(state);
      checkTime(flow);
      const open = await settleOpen(flow, latestMethodCommand(flow, method), state, 'detach', {});
      return open ?? beginNext(flow, methodDetachment(flow, id, methodId), 'detach', state);
    });
  },
});
