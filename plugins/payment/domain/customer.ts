import {
  customerCreated,
  customerUpdated,
  paymentMethodAttached,
  paymentMethodDetached,
  paymentMethodUpdated,
} from '#events/catalog/index.ts';
import { type Call, succeeded } from './call.ts';
import { type Fact, fact } from './facts.ts';
import type { MethodSnapshot } from '../providers/customers.ts';

/** A customer as it is stored. What it says of a person is there only because the caller gave it. */
export interface Customer {
  readonly id: string;
  /** The deployment that the provider's object names; a repeated request must name the same one. */
  readonly deployment?: string | undefined;
  readonly tenant: string;
  readonly provider: string;
  readonly livemode: boolean;
  readonly status: 'initiating' | 'active' | 'failed' | 'deleted';
  /** The provider's id; absent where it names a customer only with its first payment method. */
  readonly ref?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly defaultMethodId?: string | undefined;
  readonly call: Call;
  readonly version: number;
  readonly seq: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const methodStatuses = ['initiating', 'requires_action', 'active', 'failed', 'detached'] as const;

/** A saved way to pay: a mirror of the provider's object, for display and for naming it in payments. */
export interface PaymentMethod {
  readonly id: string;
  readonly customerId: string;
  /** `requires_action`: the payer has to approve it at the provider first. */
  readonly status: (typeof methodStatuses)[number];
  readonly ref?: string | undefined;
  /** The provider's token that it is made of. */
  readonly token?: string | undefined;
  readonly returnUrl?: string | undefined;
  readonly makeDefault: boolean;
  readonly type?: string | undefined;
  readonly brand?: string | undefined;
  readonly last4?: string | undefined;
  readonly expMonth?: number | undefined;
  readonly expYear?: number | undefined;
  readonly nextActionType?: string | undefined;
  /** Where the payer approves it; kept only where the address holds no secret. */
  readonly nextActionUrl?: string | undefined;
  readonly call: Call;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A customer and one of its methods, after a step, with what is to be told of it. */
export interface CustomerStep {
  readonly customer: Customer;
  readonly method: PaymentMethod;
  readonly facts: readonly Fact[];
}

/** The customer exists at the provider, under that id if it gave one. */
export function customerMade(customer: Customer, ref: string | undefined) {
  if (customer.status !== 'initiating') return { customer, facts: [] };
  const made: Customer = { ...customer, status: 'active', ref, call: succeeded(customer.call) };
  return { customer: made, facts: [fact(customerCreated, commonOf(made))] };
}

const commonOf = ({ provider, ref, id }: Customer) => ({
  provider,
  providerRef: ref ?? null,
  customerId: id,
});

/** Takes over what the provider shows of a method. A detached one stays so. Pure. */
export function methodSeen(
  customer: Customer,
  method: PaymentMethod,
  snapshot: MethodSnapshot,
): CustomerStep {
  if (method.status === 'detached') return { customer, method, facts: [] };
  if (snapshot.status === 'detached') return methodGone(customer, method);
  const seen: PaymentMethod = { ...method, ...shownOf(snapshot), status: snapshot.status, ref: snapshot.ref };
  const isNew = seen.status === 'active' && method.status !== 'active';
  const becomesDefault = isNew && method.makeDefault;
  const known: Customer = {
    ...customer,
    ...(customer.ref === undefined && snapshot.customerRef !== undefined && { ref: snapshot.customerRef }),
    ...(becomesDefault && { defaultMethodId: method.id }),
  };
  const facts: Fact[] = [];
  if (isNew) facts.push(fact(paymentMethodAttached, dataOf(known, seen)));
  else if (seen.status === 'active' && looksOther(method, seen))
    facts.push(fact(paymentMethodUpdated, dataOf(known, seen)));
  if (known.defaultMethodId !== customer.defaultMethodId) facts.push(defaultFact(known));
  return { customer: known, method: seen, facts };
}

/** The method can no longer be used: a customer whose default it was has none. Pure. */
export function methodGone(customer: Customer, method: PaymentMethod): CustomerStep {
  if (method.status === 'detached') return { customer, method, facts: [] };
  const gone: PaymentMethod = {
    ...method,
    status: 'detached',
    nextActionType: undefined,
    nextActionUrl: undefined,
  };
  const wasDefault = customer.defaultMethodId === method.id;
  const known = wasDefault ? { ...customer, defaultMethodId: undefined } : customer;
  const facts = method.status === 'active' ? [fact(paymentMethodDetached, dataOf(known, gone))] : [];
  return { customer: known, method: gone, facts: wasDefault ? [...facts, defaultFact(known)] : facts };
}

const defaultFact = (customer: Customer): Fact =>
  fact(customerUpdated, { ...commonOf(customer), defaultMethodId: customer.defaultMethodId ?? null });

const SHOWN = ['type', 'brand', 'last4', 'expMonth', 'expYear'] as const;

const shownOf = (snapshot: MethodSnapshot) => ({
  type: snapshot.type,
  brand: snapshot.brand,
  last4: snapshot.last4,
  expMonth: snapshot.expMonth,
  expYear: snapshot.expYear,
  nextActionType: snapshot.status === 'requires_action' ? snapshot.nextAction?.type : undefined,
  nextActionUrl: snapshot.status === 'requires_action' ? snapshot.nextAction?.url : undefined,
});

const looksOther = (a: PaymentMethod, b: PaymentMethod): boolean =>
  SHOWN.some((member) => a[member] !== b[member]);

function dataOf(customer: Customer, method: PaymentMethod) {
  const { type: methodType, brand, last4, expMonth, expYear } = method;
  return {
    provider: customer.provider,
    customerId: customer.id,
    methodId: method.id,
    ...(methodType !== undefined && { methodType }),
    ...(brand !== undefined && { brand }),
    ...(last4 !== undefined && { last4 }),
    ...(expMonth !== undefined && { expMonth }),
    ...(expYear !== undefined && { expYear }),
  };
}
