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
import { type DomainEvent, domainEvent } from '../../engine/model/event-envelopes.ts';
import type { CustomerSnapshot, MethodSnapshot } from './snapshots.ts';

export const customerStatuses = ['initiating', 'active', 'failed', 'deleted'] as const;

/** The changes of an update: a member left out stays, null clears it. */
export interface CustomerEdit {
  readonly email?: string | null | undefined;
  readonly name?: string | null | undefined;
  /** Keys to set; null removes a key. */
  readonly metadata?: Readonly<Record<string, string | null>> | undefined;
}

/** A customer as it is stored. E-mail and name come from the caller or the provider. */
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
  /** The requested changes of an open update. */
  readonly change?: CustomerEdit | undefined;
  /** The options of an open deletion. */
  readonly deletion?: { readonly cancelSubscriptions: boolean } | undefined;
  readonly version: number;
  readonly seq: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const methodStatuses = ['initiating', 'requires_action', 'active', 'failed', 'detached'] as const;

/** A saved payment method: a copy of the provider's object, for display and as a reference in payments. */
export interface PaymentMethod {
  readonly id: string;
  readonly customerId: string;
  /** `requires_action`: the payer has to approve it at the provider first. */
  readonly status: (typeof methodStatuses)[number];
  readonly ref?: string | undefined;
  /** The provider's token that it was created from. */
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

/** A customer and one of its methods after a step, with the events to publish. */
export interface CustomerStep {
  readonly customer: Customer;
  readonly method: PaymentMethod;
  readonly domainEvents: readonly DomainEvent[];
}

/** The customer after its creation at the provider, with the provider's id if it assigned one. */
export function customerCreatedAtProvider(customer: Customer, ref: string | undefined) {
  if (customer.status !== 'initiating') return { customer, domainEvents: [] };
  const made: Customer = { ...customer, status: 'active', ref, call: succeeded(customer.call) };
  return { customer: made, domainEvents: [domainEvent(customerCreated, commonOf(made))] };
}

const commonOf = ({ provider, ref, id }: Customer) => ({
  provider,
  providerRef: ref ?? null,
  customerId: id,
});

/** A customer after a step, with the events to publish. */
export interface CustomerChange {
  readonly customer: Customer;
  readonly domainEvents: readonly DomainEvent[];
}

/** Merges a snapshot into a customer; a deleted customer stays deleted. Pure. */
export function mergeCustomerSnapshot(before: Customer, snapshot: CustomerSnapshot): CustomerChange {
  if (before.status === 'deleted' || before.status === 'failed')
    return { customer: before, domainEvents: [] };
  const made = customerCreatedAtProvider(before, snapshot.ref);
  if (snapshot.status === 'deleted') {
    const deleted = markCustomerDeleted(made.customer);
    return { customer: deleted.customer, domainEvents: [...made.domainEvents, ...deleted.domainEvents] };
  }
  const { email, name } = snapshot;
  const merged: Customer = { ...made.customer, email, name };
  return { customer: merged, domainEvents: [...made.domainEvents, ...updateEvents(made.customer, merged)] };
}

/** Applies the open update; `shown` is the customer afterwards, where the provider stores one. Pure. */
export function applyCustomerUpdate(before: Customer, shown: CustomerSnapshot | undefined): CustomerChange {
  const { change = {}, ...rest } = before;
  if (before.status === 'deleted') return { customer: rest, domainEvents: [] };
  if (shown?.status === 'deleted') return mergeCustomerSnapshot(rest, shown);
  const { email = rest.email, name = rest.name } = change;
  const person = shown ?? { email: email ?? undefined, name: name ?? undefined };
  const metadata = Object.entries({ ...rest.metadata, ...change.metadata });
  const after: Customer = {
    ...rest,
    email: person.email,
    name: person.name,
    metadata: Object.fromEntries(metadata.flatMap(([key, value]) => (value === null ? [] : [[key, value]]))),
  };
  return { customer: after, domainEvents: updateEvents(rest, after) };
}

/** The customer after its deletion: e-mail and name are erased. Pure. */
export function markCustomerDeleted(before: Customer): CustomerChange {
  if (before.status === 'deleted') return { customer: before, domainEvents: [] };
  const deleted: Customer = {
    ...before,
    status: 'deleted',
    email: undefined,
    name: undefined,
    defaultMethodId: undefined,
  };
  return { customer: deleted, domainEvents: [domainEvent(customerDeleted, commonOf(deleted))] };
}

type Changed = z.infer<typeof customerMember>;

/** The event of an update: it names the changed members, but not their values, because they are personal data. */
function updateEvents(before: Customer, after: Customer): readonly DomainEvent[] {
  const changed: Changed[] = (['email', 'name'] as const).filter(
    (member) => before[member] !== after[member],
  );
  if (before.defaultMethodId !== after.defaultMethodId) changed.push('defaultMethodId');
  if (!isDeepStrictEqual(before.metadata, after.metadata)) changed.push('metadata');
  if (changed.length === 0) return [];
  const { defaultMethodId = null } = after;
  return [domainEvent(customerUpdated, { ...commonOf(after), defaultMethodId, changed })];
}

/** Merges a snapshot into a payment method. A detached one, or one of a deleted customer, stays detached. Pure. */
export function mergeMethodSnapshot(
  customer: Customer,
  method: PaymentMethod,
  snapshot: MethodSnapshot,
): CustomerStep {
  if (method.status === 'detached') return { customer, method, domainEvents: [] };
  if (snapshot.status === 'detached' || customer.status === 'deleted')
    return markMethodDetached(customer, method);
  const merged: PaymentMethod = {
    ...method,
    ...shownOf(snapshot),
    status: snapshot.status,
    ref: snapshot.ref,
  };
  const isNew = merged.status === 'active' && method.status !== 'active';
  const becomesDefault = isNew && method.makeDefault;
  const known: Customer = {
    ...customer,
    ...(customer.ref === undefined && snapshot.customerRef !== undefined && { ref: snapshot.customerRef }),
    ...(becomesDefault && { defaultMethodId: method.id }),
  };
  const domainEvents: DomainEvent[] = [];
  if (isNew) domainEvents.push(domainEvent(paymentMethodAttached, dataOf(known, merged)));
  else if (merged.status === 'active' && displayDiffers(method, merged))
    domainEvents.push(domainEvent(paymentMethodUpdated, dataOf(known, merged)));
  domainEvents.push(...updateEvents(customer, known));
  return { customer: known, method: merged, domainEvents };
}

/** The method after its detachment; a customer whose default it was has none. Pure. */
export function markMethodDetached(customer: Customer, method: PaymentMethod): CustomerStep {
  if (method.status === 'detached') return { customer, method, domainEvents: [] };
  const deleted: PaymentMethod = {
    ...method,
    status: 'detached',
    nextActionType: undefined,
    nextActionUrl: undefined,
  };
  const wasDefault = customer.defaultMethodId === method.id;
  const known = wasDefault ? { ...customer, defaultMethodId: undefined } : customer;
  const domainEvents =
    method.status === 'active' ? [domainEvent(paymentMethodDetached, dataOf(known, deleted))] : [];
  return {
    customer: known,
    method: deleted,
    domainEvents: [...domainEvents, ...updateEvents(customer, known)],
  };
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

/** Whether the card or its expiry date at the provider differs from the stored one. */
export const displayDiffers = (
  method: PaymentMethod,
  merged: Pick<PaymentMethod | MethodSnapshot, (typeof SHOWN)[number]>,
): boolean => SHOWN.some((member) => method[member] !== merged[member]);

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
