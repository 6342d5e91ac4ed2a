import {
  PaypalPaymentTokenUsageType,
  type SetupTokenRequest,
  VaultController,
  VaultTokenRequestType,
} from '@paypal/paypal-server-sdk';
import { markedId } from '../marked-id.ts';
import type { AttachRequest, Customers } from '../customers.ts';
import type { MethodSnapshot } from '../../customers/model/snapshots.ts';
import type { ProviderCall } from '../provider-call.ts';
import { deadline, keyless, keyOf, unlessMissing } from './calls.ts';
import type { PayPalConnection } from './client.ts';
import { toMethodSnapshot, toPendingMethod } from './method-mapping.ts';

/** PayPal's largest page. */
const PAGE_SIZE = 5;

/**
 * Saved methods are payment tokens of PayPal's vault. The payer approves a setup token first; `attach` with its id
 * as `token` exchanges it for a payment token, which has an id of its own. PayPal keeps these keys for 3 hours.
 */
export function payPalCustomers(connection: PayPalConnection): Customers {
  return {
    // PayPal assigns the customer's id with the first payment token.
    create: async () => ({ ref: undefined }),
    // A vault customer only groups payment tokens: it cannot be read, changed or deleted.
    retrieve: async () => undefined,
    update: async () => undefined,
    async delete({ ref }, call) {
      keyOf(call);
      const within = deadline(call);
      for (const { ref: token } of await listMethods(connection, ref, within())) {
        await unlessMissing(
          connection.run(within(), (client, options) =>
            new VaultController(client).deletePaymentToken(token, options),
          ),
        );
      }
    },
    async attach(request, call) {
      const paypalRequestId = keyOf(call);
      const { token } = request;
      if (token === undefined) {
        const body = setupOf(request);
        return toPendingMethod(
          await connection.run(call, (client, options) =>
            new VaultController(client).createSetupToken({ body, paypalRequestId }, options),
          ),
        );
      }
      const source = { token: { id: token, type: VaultTokenRequestType.SetupToken } };
      const body = { customer: customerOf(request), paymentSource: source };
      return toMethodSnapshot(
        await connection.run(call, (client, options) =>
          new VaultController(client).createPaymentToken({ body, paypalRequestId }, options),
        ),
      );
    },
    // The vault has no customer resource; a method names its customer.
    async retrieveMethod(ref, call) {
      const within = deadline(keyless(call));
      const stored = await unlessMissing(
        connection.run(within(), (client, options) =>
          new VaultController(client).getPaymentToken(ref, options),
        ),
      );
      if (stored !== undefined) return toMethodSnapshot(stored);
      const pending = await unlessMissing(
        connection.run(within(), (client, options) =>
          new VaultController(client).getSetupToken(ref, options),
        ),
      );
      return pending === undefined ? detachedMethod(ref) : toPendingMethod(pending);
    },
    listMethods: (customerId, call) => listMethods(connection, customerId, call),
    async detach(ref, call) {
      keyOf(call);
      await unlessMissing(
        connection.run(call, (client, options) =>
          new VaultController(client).deletePaymentToken(ref, options),
        ),
      );
    },
  };
}

async function listMethods(
  connection: PayPalConnection,
  customerId: string,
  call: ProviderCall,
): Promise<readonly MethodSnapshot[]> {
  const within = deadline(keyless(call));
  const found: MethodSnapshot[] = [];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const query = { customerId, page, pageSize: PAGE_SIZE, totalRequired: true };
    const answer = await unlessMissing(
      connection.run(within(), (client, options) =>
        new VaultController(client).listCustomerPaymentTokens(query, options),
      ),
    );
    if (answer === undefined) break;
    pages = answer.totalPages ?? 1;
    found.push(...(answer.paymentTokens ?? []).map((token) => toMethodSnapshot(token, customerId)));
  }
  return found;
}

/** PayPal's id of the customer, or ours as `merchant_customer_id` for the one that PayPal creates. */
const customerOf = ({ customerId, deployment, customerRef }: AttachRequest) =>
  customerRef === undefined ? { merchantCustomerId: markedId(customerId, deployment) } : { id: customerRef };

function setupOf(request: AttachRequest): SetupTokenRequest {
  const { returnUrl } = request;
  return {
    customer: customerOf(request),
    paymentSource: {
      paypal: {
        usageType: PaypalPaymentTokenUsageType.Merchant,
        ...(returnUrl !== undefined && { experienceContext: { returnUrl, cancelUrl: returnUrl } }),
      },
    },
  };
}

const detachedMethod = (ref: string): MethodSnapshot => ({
  ref,
  status: 'detached',
  type: 'paypal',
  customerRef: undefined,
});
