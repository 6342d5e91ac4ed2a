import * as z from 'zod/mini';
import { checkText, checkTime } from '../api/checks.ts';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { flowOf } from '../engine/flow.ts';
import { claimOf } from '../engine/idempotency.ts';
import { beginNew, newRoot, runCommand } from '../engine/run-command.ts';
import { disabled } from '../limits/rules.ts';
import { customerAnswer, customerCreation } from './customer-commands.ts';
import { customerSchema } from './customer-schema.ts';

export const createCustomer = apiOperation({
  summary: 'Creates a customer, whose payment methods can be saved',
  input: z.strictObject({
    /** Stored only when given; never logged, and in no event. */
    email: z.optional(schema.email),
    name: z.optional(schema.personName),
    provider: z.optional(schema.providerName),
    metadata: z.optional(schema.metadata),
  }),
  output: customerSchema,
  successStatus: 201,
  idempotency: 'key',
  async run(context) {
    const { services, input: given, caller } = context;
    const flow = flowOf(context);
    const claim = claimOf(flow, context);
    const call = { commandOf: customerCreation, answering: customerAnswer, claim };
    return runCommand(flow, call, async () => {
      checkText(given);
      const provider = await services.provider(given.provider ?? services.config.defaultProvider);
      checkTime(flow);
      const forbidden = disabled(services.config, provider.name);
      if (forbidden !== undefined) throw forbidden;
      const { email, name, metadata = {} } = given;
      const { name: providerName, livemode } = provider;
      const root = newRoot(flow, 'cus', caller.tenant);
      return beginNew({ ...root, provider: providerName, livemode, email, name, metadata });
    });
  },
});
