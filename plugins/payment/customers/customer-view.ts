import { nextActionMember } from '../api/next-action.ts';
import type { CustomerView, MethodView } from './customer-schema.ts';
import type { Customer, PaymentMethod } from './model/customer.ts';

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
