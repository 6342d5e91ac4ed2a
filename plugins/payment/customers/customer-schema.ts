import * as z from 'zod/mini';
import { callKind, customerStatus, methodStatus, operationStatus, providerName } from '../api/enums.ts';
import { timestamp } from '../api/schemas.ts';

/** The latest provider call of an object, and its status. */
const callView = z.object({
  kind: callKind,
  status: operationStatus,
});
callView.register(z.globalRegistry, { id: 'ProviderCall' });
export { callView };

export const customerSchema = z.object({
  id: z.string(),
  status: customerStatus,
  provider: providerName,
  /** Null where the provider names a customer only with its first payment method. */
  providerRef: z.nullable(z.string()),
  email: z.optional(z.string()),
  name: z.optional(z.string()),
  metadata: z.record(z.string(), z.string()),
  defaultMethodId: z.nullable(z.string()),
  operation: callView,
  createdAt: timestamp,
  updatedAt: timestamp,
  version: z.int(),
});
customerSchema.register(z.globalRegistry, { id: 'Customer' });
export type CustomerView = z.infer<typeof customerSchema>;

export const methodAction = z.object({ type: z.string(), url: z.optional(z.string()) });
methodAction.register(z.globalRegistry, { id: 'PaymentMethodAction' });

/**
 * A saved payment method. The URL of the next action appears in the response to its attachment and its replay only.
 */
export const methodSchema = z.object({
  id: z.string(),
  customerId: z.string(),
  status: methodStatus,
  provider: providerName,
  providerRef: z.nullable(z.string()),
  type: z.optional(z.string()),
  brand: z.optional(z.string()),
  last4: z.optional(z.string()),
  expMonth: z.optional(z.int()),
  expYear: z.optional(z.int()),
  default: z.boolean(),
  nextAction: z.optional(methodAction),
  operation: callView,
  createdAt: timestamp,
  updatedAt: timestamp,
});
methodSchema.register(z.globalRegistry, { id: 'PaymentMethod' });
export type MethodView = z.infer<typeof methodSchema>;

export const methodListSchema = z.object({ paymentMethods: z.array(methodSchema) });
methodListSchema.register(z.globalRegistry, { id: 'PaymentMethodList' });
