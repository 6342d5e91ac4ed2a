import { customerAnswer } from './about-customer.ts';
import { beginCommand } from '../engine/command.ts';
import { replyTo } from '../engine/reply.ts';
import { untilWritten } from '../engine/update.ts';
import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { isOpen } from '../engine/model/provider-command.ts';
import { paymentErrors, problem } from '../errors.ts';
import { newCommand } from '../engine/new-command.ts';
import { settleCustomer } from './customer-commands.ts';
import { customerDeletion } from './customer-deletion.ts';
import { flowOf } from '../engine/flow.ts';
import type { Services } from '../services.ts';
import { type CustomerView, customerSchema, customerView } from './customer-view.ts';
import * as schema from '../api/schemas.ts';
import { checkTime, findCustomer } from '../api/checks.ts';

const input = z.strictObject({
  id: schema.customerId,
  /** True: its subscriptions are canceled immediately. False, the default: a live one blocks the deletion. */
  cancelSubscriptions: z.optional(z.boolean()),
});

export const deleteCustomer = operation<z.infer<typeof input>, CustomerView, Services>({
  summary:
    'Deletes a customer and its payment methods, here and at the provider; repeating it changes nothing',
  description:
    '409 customer-has-subscriptions while it has active subscriptions, unless they are to be canceled with it. Name ' +
    'and e-mail are erased; payments and subscriptions are kept.',
  input,
  output: customerSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run(context) {
    const { input: given } = context;
    const flow = flowOf(context);
    return untilWritten(async () => {
      const customer = await findCustomer(context, given.id);
      const { id, call, status } = customer;
      if (isOpen(call)) {
        const settled = await settleCustomer(flow, customer);
        if (settled.status !== 202) return 'stale';
        if (call.kind !== 'delete')
          throw problem('operation-in-progress', { extensions: { customerId: id } });
        return replyTo(settled, customerAnswer);
      }
      if (status === 'deleted' || status === 'failed') return ok(customerView(customer));
      checkTime(flow);
      const deletion = { cancelSubscriptions: given.cancelSubscriptions ?? false };
      const command = newCommand(flow, 'delete', id, call.attempt + 1);
      const result = await beginCommand(flow, undefined, () => customerDeletion(flow, id), {
        before: { root: customer, parts: [] },
        next: { root: { ...customer, call: command, deletion }, parts: [] },
        operationId: id,
      });
      return result === 'stale' ? result : replyTo(result, customerAnswer);
    });
  },
});
