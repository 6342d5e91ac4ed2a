import type { Customer, PaymentMethod } from './model/customer.ts';
import { methodGone } from './model/customer.ts';
import type { MethodSnapshot } from './model/snapshots.ts';
import { type PaymentProvider } from '../providers/provider.ts';
import { ProviderError } from '../providers/provider-error.ts';
import { type ProviderCall } from '../providers/provider-call.ts';
import { methodView } from './customer-view.ts';
import type { Next } from '../engine/aggregate.ts';
import { type CustomerState } from './customer-repository.ts';
import type { Flow } from '../services.ts';
import type { Undertaking } from '../engine/undertaking.ts';
import { keptMethod, methodOf, seen } from './method-repository.ts';
import { refusalByPayer } from './payer-refusal.ts';

/** What the provider answered, and the row that a webhook, or another call, has made for the same method before. */
export interface Attached {
  readonly snapshot: MethodSnapshot;
  readonly mirror?: PaymentMethod | undefined;
}

type Undertakes<A> = Undertaking<Customer, PaymentMethod, A>;

function aboutMethod(flow: Flow, customerId: string, methodId: string) {
  return {
    ...keptMethod(flow, customerId, methodId),
    operationId: methodId,
    about: { customerId, paymentMethodId: methodId },
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
    refusal: ({ root }, details) => refusalByPayer(flow, { customerId: root.id }, details),
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
