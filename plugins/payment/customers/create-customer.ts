import { customerAnswer } from './about-customer.ts';
import { beginCommand, repeatCommand } from '../engine/command.ts';
import { replyTo } from '../engine/reply.ts';
import { operation } from '#runtime/contract/operation.ts';
import * as z from 'zod/mini';
import type { Customer } from './model/customer.ts';
import { paymentErrors } from '../errors.ts';
import { customerCreation } from './customer-commands.ts';
import { newCommand } from '../engine/new-command.ts';
import { flowOf } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { claimOf } from '../engine/idempotency.ts';
import { validateOrReplay } from '../engine/validate-or-replay.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import type { Services } from '../services.ts';
import { type CustomerView, customerSchema } from './customer-view.ts';
import * as schema from '../api/schemas.ts';
import { checkText, checkTime } from '../api/checks.ts';
import { disabled } from '../limits/rules.ts';

const input = z.strictObject({
  /** Stored only when given; never logged, and in no event. */
  email: z.optional(schema.email),
  name: z.optional(schema.personName),
  provider: z.optional(schema.providerName),
  metadata: z.optional(schema.metadata),
});
type Input = z.infer<typeof input>;

export const createCustomer = operation<Input, CustomerView, Services>({
  summary: 'Creates a customer, whose payment methods can be saved',
  input,
  output: customerSchema,
  successStatus: 201,
  errors: paymentErrors,
  idempotency: 'key',
  async run(context) {
    const { services, input: given, caller } = context;
    const flow = flowOf(context);
    const claim = claimOf(flow, context);
    const commandOf = (id: string) => customerCreation(flow, id);
    const result = await validateOrReplay(flow, claim, {
      async validate() {
        checkText(given);
        const provider = await services.provider(given.provider ?? services.config.defaultProvider);
        checkTime(flow);
        const customer = intentOf(flow, given, caller.tenant, provider);
        const forbidden = disabled(services.config, provider.name);
        if (forbidden !== undefined) throw forbidden;
        const intent = { next: { root: customer, parts: [] }, operationId: customer.id };
        return () => beginCommand(flow, claim, commandOf, intent);
      },
      replay: (known, record) => repeatCommand(flow, known, record, commandOf),
    });
    if (result === 'stale') throw new Error('The id of a new customer is in use');
    return replyTo(result, customerAnswer);
  },
});

function intentOf(
  flow: Flow,
  { email, name, metadata = {} }: Input,
  tenant: string,
  provider: PaymentProvider,
): Customer {
  const id = flow.services.newId('cus');
  const createdAt = flow.services.now().toISOString();
  return {
    id,
    deployment: flow.services.deployment,
    tenant,
    provider: provider.name,
    livemode: provider.livemode,
    status: 'initiating',
    email,
    name,
    metadata,
    call: newCommand(flow, 'create', id),
    version: 0,
    seq: 0,
    createdAt,
    updatedAt: createdAt,
  };
}
