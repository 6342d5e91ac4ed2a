import * as z from 'zod/mini';
import type { Customer, PaymentMethod } from './model/customer.ts';
import { callKind, customerStatus, methodStatus, operationStatus, providerName } from '../api/enums.ts';
import { nextActionMember } from '../api/next-action.ts';
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

export function customerView(customer: Customer): CustomerView {
  const { email, name, call } = customer;
  return {
    id: customer.id,
    status: customer.status,
    provider: customer.provider as CustomerView['provider'],
    providerRef: customer.ref ?? null,
    ...(email !== undefined && { email }),
    ...(name !== undefined && { name }),
    metadata: { ...customer.metadata },
    defaultMethodId: customer.defaultMethodId ?? null,
    operation: { kind: call.kind, status: call.status },
    createdAt: customer.createdAt,
    updatedAt: customer.updatedAt,
    version: customer.version,
  };
}

export function methodView({ provider, defaultMethodId }: Customer, method: PaymentMethod): MethodView {
  const { type, brand, last4, expMonth, expYear, call } = method;
  return {
    id: method.id,
    customerId: method.customerId,
    status: method.status,
    provider: provider as MethodView['provider'],
    providerRef: method.ref ?? null,
    ...(type !== undefined && { type }),
    ...(brand !== undefined && { brand }),
    ...(last4 !== undefined && { last4 }),
    ...(expMonth !== undefined && { expMonth }),
    ...(expYear !== undefined && { expYear }),
    default: defaultMethodId === method.id,
    ...nextActionMember(method),
    operation: { kind: call.kind, status: call.status },
    createdAt: method.createdAt,
    updatedAt: method.updatedAt,
  };
}
