import { randomUUID } from 'node:crypto';
import { type Customers } from '../../../../plugins/payment/providers/customers.ts';
import { type Subscriptions } from '../../../../plugins/payment/providers/subscriptions.ts';
import {
  type Renewal,
  type SubscriptionSnapshot,
} from '../../../../plugins/payment/subscriptions/model/snapshots.ts';
import { type MethodSnapshot } from '../../../../plugins/payment/customers/model/snapshots.ts';
import { type PaymentProvider } from '../../../../plugins/payment/providers/provider.ts';
import {
  ProviderError,
  type ProviderErrorDetails,
} from '../../../../plugins/payment/providers/provider-error.ts';
import { type ProviderCall } from '../../../../plugins/payment/providers/provider-call.ts';

/** How the next call goes wrong: before anything happened, or after it, with the answer lost. */
export type Trouble =
  | { readonly when: 'before'; readonly error: ProviderErrorDetails }
  | { readonly when: 'after'; readonly error?: Error };

const LOST = { class: 'unknown', code: 'timeout' } as const;

/**
 * The customers and subscriptions of a provider, in memory: it remembers idempotency keys as providers do, and
 * can be told to lose answers or to die. What the real ones do is the business of the sandboxes.
 */
export function accountBook() {
  /** Books share a table: their ids must not meet. */
  const suffix = randomUUID().slice(0, 8);
  const answers = new Map<string, unknown>();
  const customers = new Map<string, { readonly id: string; readonly email?: string | undefined }>();
  const methods = new Map<string, MethodSnapshot>();
  const subscriptions = new Map<string, SubscriptionSnapshot>();
  const renewals = new Map<string, Renewal>();
  const calls: { readonly name: string; readonly key: string | undefined; readonly request: unknown }[] = [];
  const troubles: (Trouble | undefined)[] = [];

  async function once<T>(name: string, request: unknown, call: ProviderCall, make: () => T): Promise<T> {
    calls.push({ name, key: call.idempotencyKey, request });
    const trouble = troubles.shift();
    if (trouble?.when === 'before') throw new ProviderError(trouble.error);
    const key = call.idempotencyKey;
    const known = key === undefined ? undefined : (answers.get(key) as T | undefined);
    const answer = known ?? make();
    if (key !== undefined) answers.set(key, answer);
    if (trouble?.when === 'after') throw trouble.error ?? new ProviderError(LOST);
    return answer;
  }
  const missing = () => new ProviderError({ class: 'invalid', code: 'resource_missing', missing: true });
  const must = <T>(map: ReadonlyMap<string, T>, ref: string): T => {
    const found = map.get(ref);
    if (found === undefined) throw missing();
    return found;
  };

  const book: Customers = {
    create: (request, call) =>
      once('customers.create', request, call, () => {
        const ref = `cus_B${customers.size + 1}${suffix}`;
        customers.set(ref, { id: request.customerId, email: request.email });
        return { ref };
      }),
    retrieve: async (ref) => {
      const { id: customerId, email } = must(customers, ref);
      return { ref, status: 'active', customerId, email };
    },
    update: ({ ref, ...changes }, call) =>
      once('customers.update', { ref, ...changes }, call, () => {
        const { id, email } = must(customers, ref);
        const changed = changes.email === undefined ? email : (changes.email ?? undefined);
        customers.set(ref, { id, email: changed });
        return { ref, status: 'active', customerId: id, email: changed, name: changes.name ?? undefined };
      }),
    delete: ({ ref }, call) => once('customers.delete', { ref }, call, () => void customers.delete(ref)),
    attach: (request, call) =>
      once('customers.attach', request, call, (): MethodSnapshot => {
        const { token = '', customerRef } = request;
        const attached = token.startsWith('pm_card') ? `pm_B${methods.size + 1}${suffix}` : token;
        const card = { type: 'card', brand: 'visa', last4: '4242', expMonth: 12, expYear: 2030 };
        const snapshot: MethodSnapshot = { ref: attached, status: 'active', customerRef, ...card };
        methods.set(attached, snapshot);
        return snapshot;
      }),
    retrieveMethod: async (ref) => must(methods, ref),
    listMethods: async (customerRef) =>
      [...methods.values()].filter((method) => method.customerRef === customerRef),
    detach: (ref, call) =>
      once('customers.detach', { ref }, call, () => {
        methods.set(ref, { ...must(methods, ref), status: 'detached', customerRef: undefined });
      }),
  };
  const plans: Subscriptions = {
    create: (request, call) =>
      once('subscriptions.create', request, call, (): SubscriptionSnapshot => {
        const ref = `sub_B${subscriptions.size + 1}${suffix}`;
        const { subscriptionId, planId, customerRef } = request;
        const snapshot: SubscriptionSnapshot = {
          ref,
          status: 'incomplete',
          subscriptionId,
          planId,
          customerRef,
          livemode: false,
          cancelAtPeriodEnd: false,
          clientSecret: `pi_${ref}_secret_x`,
          nextAction: { type: 'redirect', url: 'https://pay.example/approve' },
        };
        subscriptions.set(ref, snapshot);
        return snapshot;
      }),
    retrieve: async (ref) => must(subscriptions, ref),
    find: async ({ subscriptionId }) =>
      [...subscriptions.values()].find((each) => each.subscriptionId === subscriptionId),
    cancel: ({ ref, atPeriodEnd }, call) =>
      once('subscriptions.cancel', { ref, atPeriodEnd }, call, (): SubscriptionSnapshot => {
        const next: SubscriptionSnapshot = {
          ...must(subscriptions, ref),
          status: atPeriodEnd ? 'canceling' : 'canceled',
          cancelAtPeriodEnd: atPeriodEnd,
        };
        subscriptions.set(ref, next);
        return next;
      }),
    resume: ({ ref }, call) =>
      once('subscriptions.resume', { ref }, call, (): SubscriptionSnapshot => {
        const next: SubscriptionSnapshot = {
          ...must(subscriptions, ref),
          status: 'active',
          cancelAtPeriodEnd: false,
        };
        subscriptions.set(ref, next);
        return next;
      }),
    retrieveRenewal: async (ref) => renewals.get(ref),
    listRenewals: async ({ ref }) => [...renewals.values()].filter((each) => each.subscriptionRef === ref),
  };

  return {
    calls,
    customers,
    methods,
    subscriptions,
    renewals,
    /** Called `name` so often. */
    count: (name: string) => calls.filter((call) => call.name === name).length,
    /** What happens to the next calls, in order. */
    trouble: (...next: (Trouble | undefined)[]) => void troubles.push(...next),
    forgetKeys: () => answers.clear(),
    provider: (inner: PaymentProvider): PaymentProvider => ({
      ...inner,
      capabilities: { ...inner.capabilities, customersWithoutMethod: true, cancelAtPeriodEnd: true },
      customers: book,
      subscriptions: plans,
    }),
  };
}

export type AccountBook = ReturnType<typeof accountBook>;
