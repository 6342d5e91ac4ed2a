import {
  customerCreated,
  type customerMember,
  customerDeleted,
  customerUpdated,
  paymentMethodAttached,
  paymentMethodDetached,
  paymentMethodUpdated,
} from '#events/catalog/index.ts';
import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod/mini';
import { type ProviderCommand, succeeded } from '../../engine/model/provider-command.ts';
import { type Fact, fact } from '../../engine/model/event-envelopes.ts';
import type { CustomerSnapshot, MethodSnapshot } from './snapshots.ts';

export const customerStatuses = ['initiating', 'active', 'failed', 'deleted'] as const;

/** What is to change of a customer: what is left out stays, null clears. */
export interface CustomerEdit {
  readonly email?: string | null | undefined;
  readonly name?: string | null | undefined;
  /** Keys to set, and with null those to take away. */
  readonly metadata?: Readonly<Record<string, string | null>> | undefined;
}

/** A customer as it is stored. What it says of a person was given by the caller, or at the provider. */
export interface Customer {
  readonly id: string;
  /** The deployment that the provider's object names; a repeated request must name the same one. */
  readonly deployment?: string | undefined;
  readonly tenant: string;
  readonly provider: string;
  readonly livemode: boolean;
  readonly status: (typeof customerStatuses)[number];
  /** The provider's id; absent where it names a customer only with its first payment method. */
  readonly ref?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly defaultMethodId?: string | undefined;
  /** The latest call: the create, an update or the deletion. */
  readonly call: ProviderCommand;
  /** What an update under way asks for. */
  readonly change?: CustomerEdit | undefined;
  /** What a deletion under way asks for. */
  readonly deletion?: { readonly cancelSubscriptions: boolean } | undefined;
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
  readonly call: ProviderCommand;
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

/** A customer after a step, with what is to be told of it. */
export interface CustomerChange {
  readonly customer: Customer;
  readonly facts: readonly Fact[];
}

/** Takes over what the provider shows of a customer; a deleted one stays so. Pure. */
export function customerSeen(before: Customer, snapshot: CustomerSnapshot): CustomerChange {
  if (before.status === 'deleted' || before.status === 'failed') return { customer: before, facts: [] };
  const made = customerMade(before, snapshot.ref);
  if (snapshot.status === 'deleted') {
    const gone = customerGone(made.customer);
    return { customer: gone.customer, facts: [...made.facts, ...gone.facts] };
  }
  const { email, name } = snapshot;
  const seen: Customer = { ...made.customer, email, name };
  return { customer: seen, facts: [...made.facts, ...changedFacts(made.customer, seen)] };
}

/** The update under way has been made; `shown` is the customer afterwards, where the provider has one. Pure. */
export function customerEdited(before: Customer, shown: CustomerSnapshot | undefined): CustomerChange {
  const { change = {}, ...rest } = before;
  if (before.status === 'deleted') return { customer: rest, facts: [] };
  if (shown?.status === 'deleted') return customerSeen(rest, shown);
  const { email = rest.email, name = rest.name } = change;
  const person = shown ?? { email: email ?? undefined, name: name ?? undefined };
  const metadata = Object.entries({ ...rest.metadata, ...change.metadata });
  const after: Customer = {
    ...rest,
    email: person.email,
    name: person.name,
    metadata: Object.fromEntries(metadata.flatMap(([key, value]) => (value === null ? [] : [[key, value]]))),
  };
  return { customer: after, facts: changedFacts(rest, after) };
}

/** The customer is deleted: what it says of a person goes with it. Pure. */
export function customerGone(before: Customer): CustomerChange {
  if (before.status === 'deleted') return { customer: before, facts: [] };
  const gone: Customer = {
    ...before,
    status: 'deleted',
    email: undefined,
    name: undefined,
    defaultMethodId: undefined,
  };
  return { customer: gone, facts: [fact(customerDeleted, commonOf(gone))] };
}

type Changed = z.infer<typeof customerMember>;

/** Tells which members changed, and of what concerns a person nothing more. */
function changedFacts(before: Customer, after: Customer): readonly Fact[] {
  const changed: Changed[] = (['email', 'name'] as const).filter(
    (member) => before[member] !== after[member],
  );
  if (before.defaultMethodId !== after.defaultMethodId) changed.push('defaultMethodId');
  if (!isDeepStrictEqual(before.metadata, after.metadata)) changed.push('metadata');
  if (changed.length === 0) return [];
  const { defaultMethodId = null } = after;
  return [fact(customerUpdated, { ...commonOf(after), defaultMethodId, changed })];
}

/** Takes over what the provider shows of a method. A detached one, or one of a deleted customer, stays so. Pure. */
export function methodSeen(
  customer: Customer,
  method: PaymentMethod,
  snapshot: MethodSnapshot,
): CustomerStep {
  if (method.status === 'detached') return { customer, method, facts: [] };
  if (snapshot.status === 'detached' || customer.status === 'deleted') return methodGone(customer, method);
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
  else if (seen.status === 'active' && showsOther(method, seen))
    facts.push(fact(paymentMethodUpdated, dataOf(known, seen)));
  facts.push(...changedFacts(customer, known));
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
  return { customer: known, method: gone, facts: [...facts, ...changedFacts(customer, known)] };
}

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

/** Whether the provider shows another card, or another date on it, than is known here. */
export const showsOther = (
  method: PaymentMethod,
  seen: Pick<PaymentMethod | MethodSnapshot, (typeof SHOWN)[number]>,
): boolean => SHOWN.some((member) => method[member] !== seen[member]);

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
