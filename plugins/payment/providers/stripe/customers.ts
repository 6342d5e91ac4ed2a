import type Stripe from 'stripe';
import type { AttachRequest, CustomerRequest, Customers, MethodSnapshot } from '../customers.ts';
import { CUSTOMER_ID_KEY, type ProviderCall } from '../provider.ts';
import { expectObject } from './answers.ts';
import { callStripe, keyed } from './client.ts';
import { deploymentMark } from './marks.ts';
import { toMethod } from './methods.ts';
import { everyPage } from './paging.ts';
import { required, settled } from './settled.ts';
import { toCustomer } from './customer.ts';

/** Customers of Stripe, and the payment methods that are attached to them. */
export function stripeCustomers({ customers, paymentMethods }: Stripe): Customers {
  const retrieveMethod = (ref: string, call: ProviderCall): Promise<MethodSnapshot> =>
    callStripe(call, async (options) => toMethod(await paymentMethods.retrieve(ref, {}, options)));
  return {
    async create(request, call) {
      const params = toCustomerParams(request);
      return callStripe(keyed(call), async (options) => {
        const { id } = expectObject(await customers.create(params, options), 'customer');
        return { ref: id };
      });
    },
    retrieve: (ref, call) =>
      callStripe(call, async (options) => toCustomer(await customers.retrieve(ref, {}, options))),
    async attach(request, call) {
      const { token, customer } = toAttachment(request);
      const attaching = callStripe(keyed(call), async (options) =>
        toMethod(await paymentMethods.attach(token, { customer }, options)),
      );
      // Attached before, as by a call whose answer was lost longer ago than Stripe remembers keys.
      return settled(attaching, async () => {
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
      await settled(detaching, async (refusal) => {
        if (refusal.details.missing) return true;
        const { status } = await retrieveMethod(ref, { budgetMs: call.budgetMs });
        return status === 'detached' || undefined;
      });
    },
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
