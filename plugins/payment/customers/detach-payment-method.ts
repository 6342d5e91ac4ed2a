import { beginCommand, settleCommand } from '../engine/command.ts';
import { replyTo } from '../engine/reply.ts';
import { untilWritten } from '../engine/update.ts';
import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { isOpen } from '../engine/model/provider-command.ts';
import { isId } from '../engine/model/ids.ts';
import { paymentErrors, problem } from '../errors.ts';
import { newCommand } from '../engine/new-command.ts';
import { flowOf } from '../engine/flow.ts';
import { methodAnswer, methodAttachment, methodDetachment } from './payment-method.ts';
import type { Services } from '../services.ts';
import { type MethodView, methodSchema, methodView } from './customer-view.ts';
import * as schema from '../api/schemas.ts';
import { checkTime, findCustomer } from '../api/checks.ts';

const input = z.strictObject({ id: schema.customerId, paymentMethodId: schema.customerId });

export const detachPaymentMethod = operation<z.infer<typeof input>, MethodView, Services>({
  summary: 'Detaches a saved payment method; repeating it changes nothing',
  input,
  output: methodSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run(context) {
    const { services, input: given } = context;
    const flow = flowOf(context);
    const { id: customerId } = await findCustomer(context, given.id);
    const { paymentMethodId: methodId } = given;
    return untilWritten(async () => {
      const loaded = isId('pm', methodId) ? await services.customers.load(customerId, methodId) : undefined;
      const { root, part: method } = loaded ?? {};
      if (root === undefined || method === undefined) throw problem('payment-method-not-found');
      if (method.status === 'detached' || method.status === 'failed') return ok(methodView(root, method));
      checkTime(flow);
      const { call } = method;
      const before = { root, parts: [method] };
      if (isOpen(call) && call.kind === 'attach') {
        const { status } = await settleCommand(flow, methodAttachment(flow, customerId, methodId), before);
        if (status === 202) throw problem('operation-in-progress');
        return 'stale';
      }
      const detachment = methodDetachment(flow, customerId, methodId);
      if (isOpen(call)) return replyTo(await settleCommand(flow, detachment, before), methodAnswer);
      const command = newCommand(flow, 'detach', methodId, call.attempt + 1);
      const result = await beginCommand(flow, undefined, () => detachment, {
        before,
        next: { root, parts: [{ ...method, call: command }] },
        operationId: methodId,
      });
      return result === 'stale' ? result : replyTo(result, methodAnswer);
    });
  },
});
