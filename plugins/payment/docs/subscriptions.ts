import { describeObject, describeOperation } from '#runtime/contract/docs.ts';
import { cancelSubscription } from '../subscriptions/cancel-subscription.ts';
import { createSubscription } from '../subscriptions/create-subscription.ts';
import { getSubscription } from '../subscriptions/get-subscription.ts';
import { resumeSubscription } from '../subscriptions/resume-subscription.ts';
import { subscriptionAction, subscriptionSchema } from '../subscriptions/subscription-schema.ts';
import { customer, subscription } from './examples.ts';
import { texts } from './texts.ts';

const { id } = subscription;

export const schemas = [
  describeObject(subscriptionSchema, "A customer's recurring payment for a plan.", {
    id: 'Our id, `sub_...`.',
    status: 'Its status.',
    provider: texts.provider,
    providerRef: "The provider's id; null until the provider has responded.",
    customerId: texts.customerId,
    planId: "The provider's plan: Stripe's price, PayPal's plan.",
    quantity: 'The quantity of the plan.',
    currentPeriodEnd: 'When its current period ends.',
    cancelAtPeriodEnd: 'Whether it is canceled at the end of that period.',
    clientSecret: `${texts.clientSecret} In the answer to the creation only.`,
    nextAction: 'What the payer has to do next; absent when nothing is required.',
    metadata: texts.metadata,
    flags: texts.flags,
    operation: texts.operation,
    createdAt: texts.createdAt,
    updatedAt: texts.updatedAt,
    version: texts.version,
  }),
  describeObject(subscriptionAction, 'What a payer has to do to start a subscription.', {
    type: texts.actionType,
    url: texts.actionUrl,
  }),
];

export const operations = [
  describeOperation(
    createSubscription,
    {
      customerId: texts.customerId,
      planId: "An existing plan of the provider: Stripe's price, PayPal's plan.",
      provider: "The provider; the customer's when left out.",
      paymentMethodId: "A saved method; the customer's default one when left out.",
      quantity: 'The quantity of the plan; 1 when left out.',
      returnUrl: texts.returnUrl,
      metadata: texts.giveMetadata,
    },
    {
      input: { customerId: customer.id, planId: 'price_1QxExample' },
      output: { ...subscription, status: 'incomplete', clientSecret: 'pi_3QyExample_secret_example' },
    },
  ),
  describeOperation(getSubscription, { id: texts.subscriptionId }, { input: { id }, output: subscription }),
  describeOperation(
    resumeSubscription,
    { id: texts.subscriptionId },
    {
      input: { id },
      output: { ...subscription, operation: { kind: 'resume', status: 'succeeded' } },
    },
  ),
  describeOperation(
    cancelSubscription,
    {
      id: texts.subscriptionId,
      atPeriodEnd:
        'True: it is canceled at the end of its current period. False, the default: it is canceled immediately.',
    },
    {
      input: { id, atPeriodEnd: true },
      output: {
        ...subscription,
        status: 'canceling',
        cancelAtPeriodEnd: true,
        operation: { kind: 'cancel', status: 'succeeded' },
      },
    },
  ),
];
