import type Stripe from 'stripe';
import type { AttachRequest, CustomerRequest, Customers, CustomerUpdate } from '../customers.ts';
import type { CustomerSnapshot, MethodSnapshot } from '../../customers/model/snapshots.ts';
import { ProviderError } from '../provider-error.ts';
import { CUSTOMER_ID_KEY } from '../metadata-keys.ts';
import { type ProviderCall } from '../provider-call.ts';
import { expectObject } from './answers.ts';
import { callStripe, keyed } from './client.ts';
import { deploymentMark } from './marks.ts';
import { toMethod } from './methods.ts';
import { everyPage } from './paging.ts';
import { required, convergeOnRefusal } from './refusals.ts';
import { toCustomer } from './customer.ts';

/** Customers of Stripe, and the payment methods that are attached to them. */
export function stripeCustomers({ customers, paymentMethods, subscriptions }: Stripe): Customers {
  const retrieveMethod = (ref: string, call: ProviderCall): Promise<MethodSnapshot> =>
    callStripe(call, async (options) => toMethod(await paymentMethods.retrieve(ref, {}, options)));
  const retrieve = (ref: string, call: ProviderCall): Promise<CustomerSnapshot> =>
    callStripe(call, async (options) => toCustomer(await customers.retrieve(ref, {}, options)));
  return {
    async create(request, call) {
      const params = toCustomerParams(request);
      return callStripe(keyed(call), async (options) => {
        const { id } = expectObject(await customers.create(params, options), 'customer');
        return { ref: id };
      });
    },
    retrieve,
    async update({ ref, ...changes }, call) {
      const params = toCustomerChanges(changes);
      return callStripe(keyed(call), async (options) =>
        toCustomer(await customers.update(ref, params, options)),
      );
    },
    async delete({ ref, cancelSubscriptions }, call) {
      const { budgetMs } = keyed(call);
      const endsAt = Date.now() + budgetMs;
      const left = () => ({ budgetMs: endsAt - Date.now() });
      if ((await retrieve(ref, left())).status === 'deleted') return;
      if (!cancelSubscriptions) {
        const list = (page: object, options: Stripe.RequestOptions) =>
          subscriptions.list({ ...page, customer: ref }, options);
        const live = (await everyPage(left(), list)).filter(({ status }) => !HARMLESS.has(status));
        if (live.length > 0) throw new ProviderError({ class: 'invalid', code: 'subscriptions_live' });
      }
      // Stripe ignores idempotency keys for DELETE: a repeated call finds the customer deleted.
      const deleting = callStripe(left(), async ({ timeout }) =>
        toCustomer(await customers.del(ref, {}, { timeout })),
      );
      await convergeOnRefusal(deleting, async () => {
        const { status } = await retrieve(ref, left());
        return status === 'deleted' || undefined;
      });
    },
    async attach(request, call) {
      const { token, customer } = toAttachment(request);
      const attaching = callStripe(keyed(call), async (options) =>
        toMethod(await paymentMethods.attach(token, { customer }, options)),
      );
      // Already attached, as by a call whose response was lost and whose key Stripe has removed.
      return convergeOnRefusal(attaching, async () => {
        const method = await retrieveMethod(token, { budgetMs: call.budgetMs });
        return method.customerRef === customer ? method : undefined;
      });
    },
    retrieveMethod,
    async listMethods(customerRef, call) {
      const list = (page: object, options: Stripe.RequestOptions) =>
        paymentMethods.list({ ...page, customer: customerRef }, options);
      return (await everyPage(call, list)).map(toMethod);
    },
    async detach(ref, call) {
      const detaching = callStripe(keyed(call), async (options) =>
        toMethod(await paymentMethods.detach(ref, {}, options)),
      );
      await convergeOnRefusal(detaching, async (refusal) => {
        if (refusal.details.missing) return true;
        const { status } = await retrieveMethod(ref, { budgetMs: call.budgetMs });
        return status === 'detached' || undefined;
      });
    },
  };
}

/** Subscriptions that charge nobody: they are deleted with their customer. */
const HARMLESS: ReadonlySet<string> = new Set(['incomplete', 'incomplete_expired', 'canceled']);

/** Stripe takes an empty text for what is to be cleared. */
function toCustomerChanges({
  email,
  name,
  metadata,
}: Omit<CustomerUpdate, 'ref'>): Stripe.CustomerUpdateParams {
  return {
    ...(email !== undefined && { email: email ?? '' }),
    ...(name !== undefined && { name: name ?? '' }),
    ...(metadata !== undefined && {
      metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, value ?? ''])),
    }),
  };
}

function toCustomerParams(request: CustomerRequest) {
  const { customerId, email, name, metadata } = request;
  return {
    ...(email !== undefined && { email }),
    ...(name !== undefined && { name }),
    metadata: { ...metadata, [CUSTOMER_ID_KEY]: customerId, ...deploymentMark(request) },
  };
}

function toAttachment({ token, customerRef }: AttachRequest) {
  return { token: required(token, 'token'), customer: required(customerRef, 'customer') };
}
