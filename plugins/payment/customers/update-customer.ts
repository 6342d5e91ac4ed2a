import * as z from 'zod/mini';
import { checkText, checkTime, findCustomer } from '../api/checks.ts';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { flowOf } from '../engine/flow.ts';
import { beginNext, runCommand, settleOpen, unchanged } from '../engine/run-command.ts';
import { customerAnswer, customerUpdate, latestCustomerCommand, readyCustomer } from './customer-commands.ts';
import { customerSchema } from './customer-schema.ts';
import type { Customer, CustomerEdit } from './model/customer.ts';

const input = z.strictObject({
  id: schema.customerId,
  email: z.optional(z.nullable(schema.email)),
  name: z.optional(z.nullable(schema.personName)),
  /** Replaces all metadata; null clears it. */
  metadata: z.optional(z.nullable(schema.metadata)),
});

export const updateCustomer = apiOperation({
  summary: 'Updates a customer: fields left out are unchanged, null clears',
  input,
  output: customerSchema,
  idempotency: 'none',
  async run(context) {
    const { input: given } = context;
    const flow = flowOf(context);
    checkText({ ...given, metadata: given.metadata ?? undefined });
    return runCommand(flow, { commandOf: customerUpdate, answering: customerAnswer }, async () => {
      const root = await readyCustomer(flow, await findCustomer(context, given.id));
      const state = { root, parts: [] };
      const open = await settleOpen(flow, latestCustomerCommand(flow, root), state);
      if (open !== undefined) return open;
      const change = editOf(root, given);
      if (change === undefined) return unchanged(state);
      checkTime(flow);
      const changed = { root: { ...root, change }, parts: [] };
      return beginNext(flow, customerUpdate(flow, root.id), 'update', state, changed);
    });
  },
});

/** The changes to make; undefined when nothing differs. */
function editOf(
  customer: Customer,
  { email, name, metadata }: z.infer<typeof input>,
): CustomerEdit | undefined {
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
