import { describeObject, describeOperation } from '#runtime/contract/docs.ts';
import { attachPaymentMethod } from '../customers/attach-payment-method.ts';
import { createCustomer } from '../customers/create-customer.ts';
import { deleteCustomer } from '../customers/delete-customer.ts';
import { detachPaymentMethod } from '../customers/detach-payment-method.ts';
import { getCustomer } from '../customers/get-customer.ts';
import { listPaymentMethods } from '../customers/list-payment-methods.ts';
import { updateCustomer } from '../customers/update-customer.ts';
import * as view from '../customers/customer-schema.ts';
import { customer, method } from './examples.ts';
import { texts } from './texts.ts';

const { id } = customer;

export const schemas = [
  describeObject(view.customerSchema, 'A customer, whose payment methods can be saved.', {
    id: 'Our id, `cus_...`.',
    status: 'Its status.',
    provider: texts.provider,
    providerRef:
      "The provider's id; null where the provider creates a customer only with its first payment method.",
    email: 'E-mail address, where one was given.',
    name: 'Name, where one was given.',
    metadata: texts.metadata,
    defaultMethodId: 'The saved method that is charged when none is named; null when there is none.',
    operation: texts.operation,
    createdAt: texts.createdAt,
    updatedAt: texts.updatedAt,
    version: texts.version,
  }),
  describeObject(view.callView, 'A call to the provider.', {
    kind: 'Its kind.',
    status: 'Its status.',
  }),
  describeObject(view.methodSchema, 'A saved payment method.', {
    id: 'Our id, `pm_...`.',
    customerId: texts.customerId,
    status: 'Its status.',
    provider: texts.provider,
    providerRef: "The provider's id; null until the provider has responded.",
    type: "The provider's type, such as `card`.",
    brand: 'Brand of the card.',
    last4: 'Last four digits of the card.',
    expMonth: 'Month in which the card expires, 1 to 12.',
    expYear: 'Year in which the card expires.',
    default: 'Whether it is charged when none is named.',
    nextAction: 'What the payer has to do to approve it; absent when nothing is required.',
    operation: texts.operation,
    createdAt: texts.createdAt,
    updatedAt: texts.updatedAt,
  }),
  describeObject(view.methodAction, 'What a payer has to do to approve a method.', {
    type: texts.actionType,
    url: texts.actionUrl,
  }),
  describeObject(view.methodListSchema, "A customer's saved payment methods.", {
    paymentMethods: 'Oldest first.',
  }),
];

export const operations = [
  describeOperation(
    createCustomer,
    {
      email: 'E-mail address. Kept only when given; never logged, and in no event.',
      name: 'Name. Kept only when given; never logged, and in no event.',
      provider: "The provider; the deployment's default when left out.",
      metadata: texts.giveMetadata,
    },
    { input: { email: 'buyer@example.com', name: 'B. Buyer' }, output: customer },
  ),
  describeOperation(
    updateCustomer,
    {
      id: texts.customerId,
      email: 'E-mail address; null clears it.',
      name: 'Name; null clears it.',
      metadata: 'Your own texts, by key, which replace all existing ones; null clears them.',
    },
    {
      input: { id, name: 'B. Buyer-Smith' },
      output: { ...customer, name: 'B. Buyer-Smith', operation: { kind: 'update', status: 'succeeded' } },
    },
  ),
  describeOperation(
    deleteCustomer,
    {
      id: texts.customerId,
      cancelSubscriptions:
        'True: its subscriptions are canceled immediately. False, the default: an active subscription blocks the deletion.',
    },
    {
      input: { id },
      output: {
        ...customer,
        status: 'deleted',
        email: undefined,
        name: undefined,
        defaultMethodId: null,
        operation: { kind: 'delete', status: 'succeeded' },
      },
    },
  ),
  describeOperation(getCustomer, { id: texts.customerId }, { input: { id }, output: customer }),
  describeOperation(
    attachPaymentMethod,
    {
      id: texts.customerId,
      paymentMethodId: "The provider's token; left out where the payer approves a method at the provider.",
      returnUrl: texts.returnUrl,
      default: 'Whether payments and subscriptions that name no method use it from now on.',
    },
    { input: { id, paymentMethodId: 'pm_card_visa', default: true }, output: method },
  ),
  describeOperation(
    listPaymentMethods,
    { id: texts.customerId },
    { input: { id }, output: { paymentMethods: [method] } },
  ),
  describeOperation(
    detachPaymentMethod,
    { id: texts.customerId, paymentMethodId: 'The saved method, `pm_...`.' },
    {
      input: { id, paymentMethodId: method.id },
      output: {
        ...method,
        status: 'detached',
        default: false,
        operation: { kind: 'detach', status: 'succeeded' },
      },
    },
  ),
];
