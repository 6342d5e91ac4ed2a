import { type CommandResult, beginCommand, repeatCommand } from '../engine/command.ts';
import { answeredBy } from '../engine/provider-step.ts';
import { replyTo } from '../engine/reply.ts';
import { type OperationContext, operation } from '#runtime/contract/operation.ts';
import * as z from 'zod/mini';
import type { Subscription } from './model/subscription.ts';
import { paymentErrors, problem } from '../errors.ts';
import { newCommand } from '../engine/new-command.ts';
import { flowOf } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { claimOf } from '../engine/idempotency.ts';
import { validateOrReplay } from '../engine/validate-or-replay.ts';
import { type Payer, payerOf } from '../customers/payer.ts';
import { callProvider } from '../engine/call-provider.ts';
import { readyCustomer } from '../customers/ready-customer.ts';
import { subscriptionAnswer, subscriptionCreation } from './subscription-commands.ts';
import type { Charge } from './model/subscription.ts';
import type { SubscriptionSnapshot } from './model/snapshots.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';
import { type SubscriptionView, subscriptionSchema, withPayerSecrets } from './subscription-view.ts';
import { checkText, checkTime, findCustomer } from '../api/checks.ts';
import { disabled } from '../limits/rules.ts';

const QUANTITY_MAX = 1_000_000;

const input = z.strictObject({
  customerId: schema.customerId,
  /** The provider's plan, which exists there already: Stripe's price, PayPal's plan. */
  planId: schema.planId,
  provider: z.optional(schema.providerName),
  /** A saved method; the customer's default one when left out, where the provider charges methods by itself. */
  paymentMethodId: z.optional(schema.methodToken),
  quantity: z.optional(z.int().check(z.gte(1), z.lte(QUANTITY_MAX))),
  returnUrl: z.optional(schema.returnUrl),
  metadata: z.optional(schema.metadata),
});
type Input = z.infer<typeof input>;

export const createSubscription = operation<Input, SubscriptionView, Services>({
  summary: 'Creates a subscription of a customer to a plan',
  description:
    'Usually incomplete at first: the payer confirms the first payment, or approves at the provider.',
  input,
  output: subscriptionSchema,
  successStatus: 201,
  errors: paymentErrors,
  idempotency: 'key',
  async run(context) {
    const { services, input: given, caller } = context;
    const flow = flowOf(context);
    const claim = claimOf(flow, context);
    const commandOf = (id: string) => subscriptionCreation(flow, id);
    const answer = (result: CommandResult<Subscription, Charge, SubscriptionSnapshot>) =>
      replyTo(result, {
        ...subscriptionAnswer,
        withSecrets: async (view, outcome) =>
          withPayerSecrets(view, answeredBy(outcome) ?? (await snapshotOfIncomplete(flow, view))),
      });
    return validateOrReplay(flow, claim, {
      async validate() {
        checkText(given);
        checkTime(flow);
        const payer = await payerOf(flow, caller.tenant, { ...given, orDefault: true });
        if (payer === undefined) throw problem('customer-not-found');
        const provider = await services.provider(payer.customer.provider as ProviderName);
        if (payer.methodRef !== undefined && !provider.capabilities.savedMethods) {
          const detail = 'The payer chooses how to pay at the provider: leave out paymentMethodId.';
          throw problem('capability-unsupported', { detail, extensions: { provider: provider.name } });
        }
        const forbidden = disabled(services.config, 'subscriptions', provider.name);
        const root = intentOf(flow, context, payer, provider);
        if (forbidden !== undefined) throw forbidden;
        const intent = { next: { root, parts: [] }, operationId: root.id };
        return async () => {
          const result = await beginCommand(flow, claim, commandOf, intent);
          if (result !== 'stale') return answer(result);
          // The customer is being deleted, or was deleted since it was read.
          const { id: customerId } = payer.customer;
          await readyCustomer(flow, await findCustomer(context, customerId));
          throw problem('contention', { extensions: { customerId } });
        };
      },
      replay: async (known, record) => answer(await repeatCommand(flow, known, record, commandOf)),
    });
  },
});

function intentOf(
  flow: Flow,
  { input: given, caller }: OperationContext<Input, Services>,
  { customer, methodRef }: Payer,
  provider: PaymentProvider,
): Subscription {
  const id = flow.services.newId('sub');
  const createdAt = flow.services.now().toISOString();
  return {
    id,
    deployment: flow.services.deployment,
    tenant: caller.tenant,
    provider: provider.name,
    livemode: provider.livemode,
    status: 'initiating',
    customerId: customer.id,
    customerRef: customer.ref,
    planId: given.planId,
    quantity: given.quantity ?? 1,
    methodRef,
    returnUrl: given.returnUrl,
    metadata: given.metadata ?? {},
    cancelAtPeriodEnd: false,
    charges: 0,
    flags: [],
    call: newCommand(flow, 'create', id),
    version: 0,
    seq: 0,
    createdAt,
    updatedAt: createdAt,
  };
}

/** Fetches a subscription that waits for its first payment, for its secrets. */
async function snapshotOfIncomplete(
  flow: Flow,
  { provider: name, providerRef: ref, status }: SubscriptionView,
) {
  if (ref === null || status !== 'incomplete') return undefined;
  const result = await callProvider(flow, name, undefined, (provider, call) =>
    provider.subscriptions.retrieve(ref, call),
  );
  return result.kind === 'ok' ? result.value : undefined;
}
