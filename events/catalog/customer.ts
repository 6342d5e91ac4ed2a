import * as z from 'zod/mini';
import { eventContract } from './contract.ts';

const text = z.string().check(z.minLength(1));

const common = {
  provider: text,
  /** The provider's id of the customer; null where it names a customer only with its first payment method. */
  providerRef: z.nullable(text),
  customerId: text,
};

/** What of a customer may change. */
export const customerMember = z.enum(['email', 'name', 'metadata', 'defaultMethodId']);

export const customerCreated = eventContract({
  type: 'customer.created',
  version: '1.0.0',
  summary: 'A customer was recorded here and at the provider.',
  data: () => z.object(common),
});

export const customerUpdated = eventContract({
  type: 'customer.updated',
  version: '1.1.0',
  summary: 'A customer was updated, here or at the provider; events carry no personal data.',
  data: () =>
    z.object({
      ...common,
      /** The default payment method as it is now; null without one. */
      defaultMethodId: z.nullable(text),
      /** Which members of the customer changed. */
      changed: z.optional(z.array(customerMember).check(z.minLength(1))),
    }),
});

export const customerDeleted = eventContract({
  type: 'customer.deleted',
  version: '1.0.0',
  summary:
    'The customer was deleted, here or at the provider: its payment methods were removed, and its subscriptions have ended.',
  data: () => z.object(common),
});

/** What may be shown of a saved way to pay: never enough to charge it elsewhere. */
const method = {
  provider: text,
  customerId: text,
  methodId: text,
  /** The provider's word for the kind, e.g. `card` or `paypal`. */
  methodType: z.optional(text),
  brand: z.optional(text),
  last4: z.optional(text),
  expMonth: z.optional(z.int().check(z.gte(1), z.lte(12))),
  expYear: z.optional(z.int().check(z.gte(2000), z.lte(9999))),
};

export const paymentMethodAttached = eventContract({
  type: 'payment_method.attached',
  version: '1.0.0',
  summary: 'A payment method was attached to a customer.',
  data: () => z.object(method),
});

export const paymentMethodUpdated = eventContract({
  type: 'payment_method.updated',
  version: '1.0.0',
  summary: 'A saved payment method was updated, such as the expiry date of a card.',
  data: () => z.object(method),
});

export const paymentMethodDetached = eventContract({
  type: 'payment_method.detached',
  version: '1.0.0',
  summary: 'A payment method was detached from its customer and can no longer be used.',
  data: () => z.object(method),
});
