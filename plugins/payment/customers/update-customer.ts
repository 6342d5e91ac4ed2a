import { customerAnswer } from './about-customer.ts';
import { beginCommand } from '../engine/command.ts';
import { replyTo } from '../engine/reply.ts';
import { untilWritten } from '../engine/update.ts';
import { operation } from '#runtime/contract/operation.ts';
import { ok } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { isOpen } from '../engine/model/provider-command.ts';
import type { Customer, CustomerEdit } from './model/customer.ts';
import { paymentErrors, problem } from '../errors.ts';
import { newCommand } from '../engine/new-command.ts';
import { settleCustomer } from './customer-commands.ts';
import { customerUpdate } from './customer-commands.ts';
import { flowOf } from '../engine/flow.ts';
import { readyCustomer } from './ready-customer.ts';
import type { Services } from '../services.ts';
import { type CustomerView, customerSchema, customerView } from './customer-view.ts';
import * as schema from '../api/schemas.ts';
import { checkText, checkTime, findCustomer } from '../api/checks.ts';

const input = z.strictObject({
  id: schema.customerId,
  email: z.optional(z.nullable(schema.email)),
  name: z.optional(z.nullable(schema.personName)),
  /** Replaces all metadata; null clears it. */
  metadata: z.optional(z.nullable(schema.metadata)),
});
type Input = z.infer<typeof input>;

export const updateCustomer = operation<Input, CustomerView, Services>({
  summary: 'Updates a customer: fields left out are unchanged, null clears',
  input,
  output: customerSchema,
  errors: paymentErrors,
  idempotency: 'none',
  async run(context) {
    const { input: given } = context;
    const flow = flowOf(context);
    checkText({ ...given, metadata: given.metadata ?? undefined });
    return untilWritten(async () => {
      const customer = await readyCustomer(flow, await findCustomer(context, given.id));
      const { id, call } = customer;
      if (isOpen(call)) {
        const { status } = await settleCustomer(flow, customer);
        if (status !== 202) return 'stale';
        throw problem('operation-in-progress', { extensions: { customerId: id } });
      }
      const change = editOf(customer, given);
      if (change === undefined) return ok(customerView(customer));
      checkTime(flow);
      const command = newCommand(flow, 'update', id, call.attempt + 1);
      const result = await beginCommand(flow, undefined, () => customerUpdate(flow, id), {
        before: { root: customer, parts: [] },
        next: { root: { ...customer, call: command, change }, parts: [] },
        operationId: id,
      });
      return result === 'stale' ? result : replyTo(result, customerAnswer);
    });
  },
});

/** The changes to make; undefined when nothing differs. */
function editOf(customer: Customer, { email, name, metadata }: Input): CustomerEdit | undefined {
  const change: CustomerEdit = {
    ...(email !== undefined && email !== (customer.email ?? null) && { email }),
    ...(name !== undefined && name !== (customer.name ?? null) && { name }),
    ...(metadata !== undefined && metadataEdit(customer.metadata, metadata ?? {})),
  };
  return Object.keys(change).length > 0 ? change : undefined;
}

function metadataEdit(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Pick<CustomerEdit, 'metadata'> {
  const removed = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  const given = Object.entries(after).filter(([key, value]) => before[key] !== value);
  const metadata = Object.fromEntries([...given, ...removed.map((key) => [key, null] as const)]);
  return Object.keys(metadata).length > 0 ? { metadata } : {};
}
