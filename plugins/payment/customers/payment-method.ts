import type { Customer, PaymentMethod } from './model/customer.ts';
import { methodGone, methodSeen } from './model/customer.ts';
import type { MethodSnapshot } from '../providers/customers.ts';
import { type PaymentProvider, type ProviderCall, ProviderError } from '../providers/provider.ts';
import type { ProviderRef } from '../store/aggregate-store.ts';
import { methodView } from './customer-view.ts';
import type { Next } from '../engine/aggregate.ts';
import { type CustomerState } from './customer-creation.ts';
import type { Flow } from '../engine/flow.ts';
import type { Undertaking } from '../engine/undertaking.ts';

/** What the provider answered, and the row that a webhook, or another call, has made for the same method before. */
export interface Attached {
  readonly snapshot: MethodSnapshot;
  readonly mirror?: PaymentMethod | undefined;
}

type Undertakes<A> = Undertaking<Customer, PaymentMethod, A>;

/** The method that a state is about: always its first part. */
export function methodOf({ parts: [method] }: CustomerState): PaymentMethod {
  if (method === undefined) throw new TypeError('This state has no payment method');
  return method;
}

function aboutMethod(flow: Flow, customerId: string, methodId: string) {
  const store = flow.services.customers;
  return {
    type: 'customer',
    store,
    operationId: methodId,
    about: { customerId, paymentMethodId: methodId },
    async read(): Promise<CustomerState> {
      const { root, part } = await store.load(customerId, methodId);
      if (root === undefined || part === undefined) throw new Error(`Payment method ${methodId} is gone`);
      return { root, parts: [part] };
    },
    callOf: (state) => methodOf(state).call,
    withCall: ({ root, parts: [method, ...others] }, call) => ({
      root,
      parts: [...(method ? [{ ...method, call }] : []), ...others],
    }),
    view: (state) => methodView(state.root, methodOf(state)),
  } as const satisfies Partial<Undertakes<unknown>>;
}

/** Saving a way to pay: from a token of the provider, or by sending the payer there. */
export function methodAttachment(flow: Flow, customerId: string, methodId: string): Undertakes<Attached> {
  return {
    ...aboutMethod(flow, customerId, methodId),
    successStatus: 201,
    async request(provider, state, call) {
      const { token, returnUrl } = methodOf(state);
      const { ref: customerRef, deployment } = state.root;
      const request = { customerId, deployment, customerRef, token, returnUrl };
      const snapshot = await provider.customers.attach(request, call);
      return { snapshot, mirror: await mirrorOf(flow, state, snapshot.ref) };
    },
    payerOf: ({ root }) => ({ customerId: root.id }),
    async lookBeside(state, { snapshot }) {
      return { snapshot, mirror: await mirrorOf(flow, state, snapshot.ref) };
    },
    done(state, { snapshot, mirror }) {
      return seen(mirror === undefined ? state : withoutMirror(state, mirror), snapshot);
    },
    // One that waits for its payer goes on waiting.
    undone: ({ root, parts: [method, ...others] }) => ({
      root,
      parts: [
        ...(method ? [method.ref === undefined ? { ...method, status: 'failed' as const } : method] : []),
        ...others,
      ],
    }),
  };
}

/** The row of another id that stands for the same object of the provider. */
async function mirrorOf(
  { services: { customers } }: Flow,
  { root, parts: [method] }: CustomerState,
  ref: string,
): Promise<PaymentMethod | undefined> {
  const known = await customers.findByRef(root.provider, ref);
  if (known?.partId === undefined || known.id !== root.id || known.partId === method?.id) return undefined;
  return (await customers.load(root.id, known.partId)).part;
}

/** The row that the caller knows takes the place of the one before. */
function withoutMirror({ root, parts }: CustomerState, mirror: PaymentMethod): Next<Customer, PaymentMethod> {
  const { customer, method, facts } = methodGone(root, mirror);
  return { root: customer, parts: [...parts, method], beside: [mirror], facts };
}

/** The state with what the provider shows of its method, and the ids that lead to it from now on. */
export function seen(
  state: Next<Customer, PaymentMethod>,
  snapshot: MethodSnapshot,
): Next<Customer, PaymentMethod> {
  const [, ...others] = state.parts;
  const before = methodOf(state);
  const { customer, method, facts } = methodSeen(state.root, before, snapshot);
  const refs: ProviderRef[] = [];
  if (method.ref !== undefined && method.ref !== before.ref)
    refs.push({ ref: method.ref, partId: method.id });
  if (customer.ref !== undefined && customer.ref !== state.root.ref) refs.push({ ref: customer.ref });
  return {
    root: customer,
    parts: [method, ...others],
    beside: state.beside ?? [],
    facts: [...(state.facts ?? []), ...facts],
    refs,
  };
}

/** Taking a saved way to pay away from its customer. */
export function methodDetachment(flow: Flow, customerId: string, methodId: string): Undertakes<true> {
  return {
    ...aboutMethod(flow, customerId, methodId),
    successStatus: 200,
    async request(provider, state, call) {
      const { ref } = methodOf(state);
      if (ref !== undefined) await detach(provider, ref, call);
      return true;
    },
    done: detached,
    undone: (state) => state,
  };
}

/** What the provider does not know any more is as good as detached. */
async function detach(provider: PaymentProvider, ref: string, call: ProviderCall): Promise<void> {
  try {
    await provider.customers.detach(ref, call);
  } catch (error) {
    if (!(error instanceof ProviderError) || error.details.class !== 'already_done') throw error;
  }
}

export function detached(state: CustomerState): Next<Customer, PaymentMethod> {
  const [, ...others] = state.parts;
  const { customer, method, facts } = methodGone(state.root, methodOf(state));
  return { root: customer, parts: [method, ...others], facts };
}
