import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { isOpen } from '../engine/model/provider-command.ts';
import { isId } from '../engine/model/ids.ts';
import { paymentErrors, problem } from '../errors.ts';
import { TRIES_MAX, backOff } from '../engine/aggregate.ts';
import { aggregateReply } from '../engine/aggregate-reply.ts';
import { newCall } from '../engine/new-command.ts';
import { flowOf } from '../engine/flow.ts';
import { methodAttachment, methodDetachment } from './payment-method.ts';
import { settleCall, undertake } from '../engine/undertake.ts';
import type { Services } from '../services.ts';
import { type MethodView, methodSchema, methodView } from './customer-view.ts';
import * as schema from '../api/schemas.ts';
import { checkTime, findCustomer } from '../api/checks.ts';

const input = z.strictObject({ id: schema.customerId, paymentMethodId: schema.customerId });

export const detachPaymentMethod = operation<z.infer<typeof input>, MethodView, Services>({
  summary: 'Takes a saved payment method away; a second time changes nothing',
  input,
  output: methodSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run(context) {
    const { services, input: given } = context;
    const flow = flowOf(context);
    const { id: customerId } = await findCustomer(context, given.id);
    const { paymentMethodId: methodId } = given;
    const it = (id: string, operationId: string) => methodDetachment(flow, id, operationId);
    const reply = { pathOf: () => `/customers/${customerId}/payment-methods` };
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      const loaded = isId('pm', methodId) ? await services.customers.load(customerId, methodId) : undefined;
      const { root, part: method } = loaded ?? {};
      if (root === undefined || method === undefined) throw problem('payment-method-not-found');
      if (method.status === 'detached' || method.status === 'failed') return ok(methodView(root, method));
      checkTime(flow);
      const before = { root, parts: [method] };
      if (isOpen(method.call) && method.call.kind === 'attach') {
        const { status } = await settleCall(flow, methodAttachment(flow, customerId, methodId), before);
        if (status === 202) throw problem('operation-in-progress');
        continue;
      }
      if (isOpen(method.call)) {
        const settled = await settleCall(flow, it(customerId, methodId), before);
        return aggregateReply(it(customerId, methodId), { kind: 'ended', ...settled }, reply);
      }
      const call = newCall(flow, 'detach', methodId, method.call.attempt + 1);
      const next = { root, parts: [{ ...method, call }] };
      const begun = await undertake(flow, undefined, it, { before, next, operationId: methodId });
      if (begun !== 'stale') return aggregateReply(it(customerId, methodId), begun, reply);
      await backOff(tries);
    }
    throw problem('contention');
  },
});
