import * as z from 'zod/mini';
import { checkTime, findCustomer } from '../api/checks.ts';
import { recordAction } from '../audit/record-action.ts';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { flowOf } from '../engine/flow.ts';
import { beginNext, runCommand, settleOpen, unchanged } from '../engine/run-command.ts';
import { customerAnswer, customerDeletion, latestCustomerCommand } from './customer-commands.ts';
import { customerSchema } from './customer-schema.ts';

export const deleteCustomer = apiOperation({
  summary:
    'Deletes a customer and its payment methods, here and at the provider; repeating it changes nothing',
  description:
    '409 customer-has-subscriptions while it has active subscriptions, unless they are to be canceled with it. Name ' +
    'and e-mail are erased; payments and subscriptions are kept.',
  input: z.strictObject({
    id: schema.customerId,
    /** True: its subscriptions are canceled immediately. False, the default: a live one blocks the deletion. */
    cancelSubscriptions: z.optional(z.boolean()),
  }),
  output: customerSchema,
  idempotency: 'none',
  async run(context) {
    const { id, cancelSubscriptions = false } = context.input;
    const flow = flowOf(context);
    return runCommand(flow, { commandOf: customerDeletion, answering: customerAnswer }, async () => {
      const root = await findCustomer(context, id);
      const state = { root, parts: [] };
      const open = await settleOpen(flow, latestCustomerCommand(flow, root), state, 'delete');
      if (open !== undefined) return open;
      if (root.status === 'deleted' || root.status === 'failed') return unchanged(state);
      checkTime(flow);
      await recordAction(context, 'customer_delete', id);
      const changed = { root: { ...root, deletion: { cancelSubscriptions } }, parts: [] };
      return beginNext(flow, customerDeletion(flow, id), 'delete', state, changed);
    });
  },
});
