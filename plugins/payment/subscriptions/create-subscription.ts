import * as z from 'zod/mini';
import { checkText, checkTime } from '../api/checks.ts';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { payerOf } from '../customers/payer.ts';
import { readSecrets } from '../engine/call-provider.ts';
import type { CommandOutcome } from '../engine/command-operation.ts';
import { flowOf } from '../engine/flow.ts';
import { claimOf } from '../engine/idempotency.ts';
import { answeredBy } from '../engine/provider-step.ts';
import { beginNew, newRoot, runCommand } from '../engine/run-command.ts';
import { problem } from '../errors.ts';
import { disabled } from '../limits/rules.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Flow } from '../services.ts';
import type { SubscriptionSnapshot } from './model/snapshots.ts';
import type { Subscription } from './model/subscription.ts';
import { subscriptionAnswer, subscriptionCreation } from './subscription-commands.ts';
import { type SubscriptionView, subscriptionSchema } from './subscription-schema.ts';
import { withPayerSecrets } from './subscription-view.ts';

const QUANTITY_MAX = 1_000_000;

export const createSubscription = apiOperation({
  summary: 'Creates a subscription of a customer to a plan',
  description:
    'Usually incomplete at first: the payer confirms the first payment, or approves at the provider.',
  input: z.strictObject({
    customerId: schema.customerId,
    /** The provider's plan, which exists there already: Stripe's price, PayPal's plan. */
    planId: schema.planId,
    provider: z.optional(schema.providerName),
    /** A saved method; the customer's default one when left out, where the provider charges methods by itself. */
    paymentMethodId: z.optional(schema.methodToken),
    quantity: z.optional(z.int().check(z.gte(1), z.lte(QUANTITY_MAX))),
    returnUrl: z.optional(schema.returnUrl),
    metadata: z.optional(schema.metadata),
  }),
  output: subscriptionSchema,
  successStatus: 201,
  idempotency: 'key',
  async run(context) {
    const { services, input: given, caller } = context;
    const flow = flowOf(context);
    const claim = claimOf(flow, context);
    const answering = {
      ...subscriptionAnswer,
      withSecrets: async (view: SubscriptionView, outcome?: CommandOutcome<SubscriptionSnapshot>) =>
        withPayerSecrets(view, answeredBy(outcome) ?? (await snapshotOfIncomplete(flow, view))),
    };
    // A customer that is being deleted is found so when the call is decided again.
    return runCommand(flow, { commandOf: subscriptionCreation, answering, claim }, async () => {
      checkText(given);
      checkTime(flow);
      const payer = await payerOf(flow, caller.tenant, { ...given, orDefault: true });
      if (payer === undefined) throw problem('customer-not-found');
      const { customer, methodRef } = payer;
      const provider = await services.provider(customer.provider as ProviderName);
      if (methodRef !== undefined && !provider.capabilities.savedMethods) {
        const detail = 'The payer chooses how to pay at the provider: leave out paymentMethodId.';
        throw problem('capability-unsupported', { detail, extensions: { provider: provider.name } });
      }
      const forbidden = disabled(services.config, 'subscriptions', provider.name);
      if (forbidden !== undefined) throw forbidden;
      const { planId, quantity = 1, returnUrl, metadata = {} } = given;
      const root: Subscription = {
        ...newRoot(flow, 'sub', caller.tenant),
        provider: provider.name,
        livemode: provider.livemode,
        customerId: customer.id,
        customerRef: customer.ref,
        planId,
        quantity,
        methodRef,
        returnUrl,
        metadata,
        cancelAtPeriodEnd: false,
        charges: 0,
        flags: [],
      };
      return beginNew(root);
    });
  },
});

/** Fetches a subscription that waits for its first payment, for its secrets. */
const snapshotOfIncomplete = async (
  flow: Flow,
  { provider: name, providerRef: ref, status }: SubscriptionView,
): Promise<SubscriptionSnapshot | undefined> =>
  ref === null || status !== 'incomplete'
    ? undefined
    : readSecrets(flow, name, (provider, call) => provider.subscriptions.retrieve(ref, call));
