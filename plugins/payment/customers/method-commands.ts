import type { CommandSpec } from '../engine/command-spec.ts';
import { ProviderError } from '../providers/provider-error.ts';
import type { Flow } from '../services.ts';
import type { MethodView } from './customer-schema.ts';
import { methodView } from './customer-view.ts';
import { type Customer, type PaymentMethod, markMethodDetached } from './model/customer.ts';
import type { MethodSnapshot } from './model/snapshots.ts';
import { refusalByPayer } from './payer-refusal.ts';
import {
  type CustomerState,
  type NextCustomer,
  findMethod,
  methodOf,
  methodRepository,
  withMethod,
} from './repositories.ts';
import { withMethodSnapshot } from './sync-payment-methods.ts';

type MethodCommand<A> = CommandSpec<Customer, PaymentMethod, A>;

/** View and path of a payment method in responses. */
export const methodAnswer = {
  viewOf: (state: CustomerState): MethodView => methodView(state.root, methodOf(state)),
  pathOf: ({ customerId }: MethodView) => `/customers/${customerId}/payment-methods`,
};

function aboutMethod(flow: Flow, customerId: string, methodId: string) {
  return {
    repository: methodRepository(flow, customerId, methodId),
    operationId: methodId,
    about: { customerId, paymentMethodId: methodId },
    commandOf: (state) => methodOf(state).call,
    withCommand: (state, call) => withMethod(state, { ...methodOf(state), call }),
    view: methodAnswer.viewOf,
  } as const satisfies Partial<MethodCommand<unknown>>;
}

/**
 * The provider's response, and the record that a webhook or another call has already created for the same method.
 */
interface Attached {
  readonly snapshot: MethodSnapshot;
  readonly duplicate: PaymentMethod | undefined;
}

/** Saves a payment method from a provider token, or starts its approval by the payer. */
export function methodAttachment(flow: Flow, customerId: string, methodId: string): MethodCommand<Attached> {
  const attached = async ({ root }: CustomerState, snapshot: MethodSnapshot): Promise<Attached> => {
    const known = await findMethod(flow, root, snapshot.ref);
    return { snapshot, duplicate: known?.id === methodId ? undefined : known };
  };
  return {
    ...aboutMethod(flow, customerId, methodId),
    successStatus: 201,
    async request(provider, state, call) {
      const { token, returnUrl } = methodOf(state);
      const { ref: customerRef, deployment } = state.root;
      const request = { customerId, deployment, customerRef, token, returnUrl };
      return attached(state, await provider.customers.attach(request, call));
    },
    refusal: ({ root }, details) => refusalByPayer(flow, { customerId: root.id }, details),
    refresh: (state, { snapshot }) => attached(state, snapshot),
    onSuccess: (state, { snapshot, duplicate }) =>
      withMethodSnapshot(duplicate === undefined ? state : withoutDuplicate(state, duplicate), snapshot),
    onFailure(state) {
      const method = methodOf(state);
      // A method that already waits for its payer stays in that status.
      return method.ref === undefined ? withMethod(state, { ...method, status: 'failed' }) : state;
    },
  };
}

/** Detaches the duplicate record: the id that the client was given stays. */
function withoutDuplicate({ root, parts }: CustomerState, duplicate: PaymentMethod): NextCustomer {
  const { customer, method, domainEvents } = markMethodDetached(root, duplicate);
  return { root: customer, parts: [...parts, method], beside: [duplicate], domainEvents };
}

/** Detaches a saved payment method from its customer. */
export function methodDetachment(flow: Flow, customerId: string, methodId: string): MethodCommand<true> {
  return {
    ...aboutMethod(flow, customerId, methodId),
    successStatus: 200,
    async request(provider, state, call) {
      const { ref } = methodOf(state);
      if (ref === undefined) return true;
      try {
        await provider.customers.detach(ref, call);
      } catch (error) {
        // `already_done`: the provider has no such method any more, so it counts as detached.
        if (!(error instanceof ProviderError) || error.details.class !== 'already_done') throw error;
      }
      return true;
    },
    onSuccess(state) {
      const { customer, method, domainEvents } = markMethodDetached(state.root, methodOf(state));
      return { ...withMethod(state, method), root: customer, domainEvents };
    },
    onFailure: (state) => state,
  };
}

/** The latest command of a payment method. */
export const latestMethodCommand = (
  flow: Flow,
  { customerId, id, call }: PaymentMethod,
): MethodCommand<unknown> =>
  (call.kind === 'detach' ? methodDetachment : methodAttachment)(flow, customerId, id);
