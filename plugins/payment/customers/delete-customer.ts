import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { isOpen } from '../engine/model/provider-command.ts';
import { paymentErrors, problem } from '../errors.ts';
import { TRIES_MAX, backOff } from '../engine/aggregate.ts';
import { aggregateReply } from '../engine/aggregate-reply.ts';
import { newCall } from '../engine/new-command.ts';
import { settleCustomer } from './customer-call.ts';
import { customerDeletion } from './customer-deletion.ts';
import { flowOf } from '../engine/flow.ts';
import { undertake } from '../engine/undertake.ts';
import type { Services } from '../services.ts';
import { type CustomerView, customerSchema, customerView } from './customer-view.ts';
import * as schema from '../api/schemas.ts';
import { checkTime, findCustomer } from '../api/checks.ts';

const input = z.strictObject({
  id: schema.customerId,
  /** True: its subscriptions are canceled at once. False, the default: one that lives keeps the customer. */
  cancelSubscriptions: z.optional(z.boolean()),
});

export const deleteCustomer = operation<z.infer<typeof input>, CustomerView, Services>({
  summary:
    'Deletes a customer and its payment methods, here and at the provider; a second time changes nothing',
  description:
    '409 customer-has-subscriptions while it has subscriptions, unless they are to be canceled with it. Name and ' +
    'e-mail are forgotten; payments and subscriptions stay as records.',
  input,
  output: customerSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run(context) {
    const { input: given } = context;
    const flow = flowOf(context);
    const it = (id: string) => customerDeletion(flow, id);
    const reply = { pathOf: ({ id }: CustomerView) => `/customers/${id}` };
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      const customer = await findCustomer(context, given.id);
      const { id, call, status } = customer;
      if (isOpen(call)) {
        const settled = await settleCustomer(flow, customer);
        if (settled.status !== 202) continue;
        if (call.kind !== 'delete')
          throw problem('operation-in-progress', { extensions: { customerId: id } });
        return aggregateReply(it(id), { kind: 'ended', ...settled }, reply);
      }
      if (status === 'deleted' || status === 'failed') return ok(customerView(customer));
      checkTime(flow);
      const deletion = { cancelSubscriptions: given.cancelSubscriptions ?? false };
      const begun = newCall(flow, 'delete', id, call.attempt + 1);
      const next = { root: { ...customer, call: begun, deletion }, parts: [] };
      const before = { root: customer, parts: [] };
      const ended = await undertake(flow, undefined, it, { before, next, operationId: id });
      if (ended !== 'stale') return aggregateReply(it(id), ended, reply);
      await backOff(tries);
    }
    throw problem('contention');
  },
});
