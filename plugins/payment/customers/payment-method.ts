import type { Customer, PaymentMethod } from './model/customer.ts';
import { markMethodDetached } from './model/customer.ts';
import type { MethodSnapshot } from './model/snapshots.ts';
import { type PaymentProvider } from '../providers/provider.ts';
import { ProviderError } from '../providers/provider-error.ts';
import { type ProviderCall } from '../providers/provider-call.ts';
import { type MethodView, methodView } from './customer-view.ts';
import { type CustomerState, methodOf, methodRepository } from './repositories.ts';
import type { Flow } from '../services.ts';
import type { CommandSpec } from '../engine/command-spec.ts';
import { type CustomerStep, withMethodSnapshot, withoutMethod } from './method-steps.ts';
import { refusalByPayer } from './payer-refusal.ts';

/**
 * The provider's response, and the record that a webhook or another call has already created for the same method.
 */
export interface Attached {
  readonly snapshot: MethodSnapshot;
  readonly mirror?: PaymentMethod | undefined;
}

/** View and path of a payment method in responses. */
export const methodAnswer = {
  viewOf: (state: CustomerState): MethodView => methodView(state.root, methodOf(state)),
  pathOf: ({ customerId }: MethodView) => `/customers/${customerId}/payment-methods`,
};

type MethodCommand<A> = CommandSpec<Customer, PaymentMethod, A>;

function aboutMethod(flow: Flow, customerId: string, methodId: string) {
  return {
    repository: methodRepository(flow, customerId, methodId),
    operationId: methodId,
    about: { customerId, paymentMethodId: methodId },
    commandOf: (state) => methodOf(state).call,
    withCommand: ({ root, parts: [method, ...others] }, call) => ({
      root,
      parts: [...(method ? [{ ...method, call }] : []), ...others],
    }),
    view: methodAnswer.viewOf,
  } as const satisfies Partial<MethodCommand<unknown>>;
}

/** Saves a payment method from a provider token, or starts its approval by the payer. */
export function methodAttachment(flow: Flow, customerId: string, methodId: string): MethodCommand<Attached> {
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
    async refresh(state, { snapshot }) {
      return { snapshot, mirror: await mirrorOf(flow, state, snapshot.ref) };
    },
    onSuccess(state, { snapshot, mirror }) {
      return withMethodSnapshot(mirror === undefined ? state : withoutMirror(state, mirror), snapshot);
    },
    // A method that already waits for its payer stays in that status.
    onFailure: ({ root, parts: [method, ...others] }) => ({
      root,
      parts: [
        ...(method ? [method.ref === undefined ? { ...method, status: 'failed' as const } : method] : []),
        ...others,
      ],
    }),
  };
}

/** The record with another id for the same provider object. */
async function mirrorOf(
  { services: { customers } }: Flow,
  { root, parts: [method] }: CustomerState,
  ref: string,
): Promise<PaymentMethod | undefined> {
  const known = await customers.findByRef(root.provider, ref);
  if (known?.partId === undefined || known.id !== root.id || known.partId === method?.id) return undefined;
  return (await customers.load(root.id, known.partId)).part;
}

/** Detaches the duplicate record: the id that the client was given stays. */
function withoutMirror({ root, parts }: CustomerState, mirror: PaymentMethod): CustomerStep {
  const { customer, method, domainEvents } = markMethodDetached(root, mirror);
  return { root: customer, parts: [...parts, method], beside: [mirror], domainEvents };
}

/** Detaches a saved payment method from its customer. */
export function methodDetachment(flow: Flow, customerId: string, methodId: string): MethodCommand<true> {
  return {
    ...aboutMethod(flow, customerId, methodId),
    successStatus: 200,
    async request(provider, state, call) {
      const { ref } = methodOf(state);
      if (ref !== undefined) await detach(provider, ref, call);
      return true;
    },
    onSuccess: withoutMethod,
    onFailure: (state) => state,
  };
}

/** `already_done`: the provider has no such method any more, so it counts as detached. */
async function detach(provider: PaymentProvider, ref: string, call: ProviderCall): Promise<void> {
  try {
    await provider.customers.detach(ref, call);
  } catch (error) {
    if (!(error instanceof ProviderError) || error.details.class !== 'already_done') throw error;
  }
}
