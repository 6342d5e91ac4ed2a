import type { ApiResponse } from '@paypal/paypal-server-sdk';
import { OrdersController, PaymentsController } from '@paypal/paypal-server-sdk';
import type { PayPalConfig } from '../../config.ts';
import { withdraw } from '../../payments/model/snapshot.ts';
import type { PaymentProvider } from '../provider.ts';
import { afterwards, deadline, keyOf, prefer } from './calls.ts';
import { capture, movedOn } from './capture.ts';
import { type CallOptions, payPalConnection } from './client.ts';
import { stepMinor } from './currencies.ts';
import { payPalCustomers } from './customers.ts';
import { type AnyOrder, authorizationOf, isComplete, withVoid } from './mapping.ts';
import { payPalRefundsAndDisputes } from './refunds-and-disputes.ts';
import { payPalOrders } from './orders.ts';
import { ownerOf } from './owner.ts';
import { payPalRecords } from './records.ts';
import { toOrderRequest } from './request.ts';
import { saleIdOf } from './sale-ref.ts';
import { payPalSales } from './sales.ts';
import type { SdkClient } from './sdk-client.ts';
import { payPalSubscriptions } from './subscriptions.ts';

/** PayPal forgets the keys of order calls after 6 hours. */
const KEY_TRUSTED_MS = 5 * 3_600_000;

/**
 * The PayPal adapter of the provider port. `ref` is the id of an order, with one purchase unit, or for a charge
 * of a subscription `sale:<id>`.
 */
export function payPalProvider(config: PayPalConfig): PaymentProvider {
  const connection = payPalConnection(config);
  const livemode = config.mode === 'live';
  const orders = payPalOrders(connection, livemode);
  const sales = payPalSales(connection, livemode);
  const { get, snapshotOf } = orders;

  return {
    name: 'paypal',
    livemode,
    capabilities: {
      confirmOnServer: false,
      // The payer is sent to PayPal, or its buttons take the id of the order.
      clientSecrets: false,
      search: false,
      multipleCaptures: true,
      refundsPerCapture: true,
      cancelAtPeriodEnd: false,
      // PayPal gives a customer its id with the first method that is vaulted for it.
      customersWithoutMethod: true,
      savedMethods: false,
    },
    idempotencyKeyTtlMs: KEY_TRUSTED_MS,
    stepMinor,
    // PayPal's bounds depend on both accounts and are not documented.
    amountBounds: () => ({}),
    async create(request, call) {
      const body = toOrderRequest(request);
      const paypalRequestId = keyOf(call);
      const order = await connection.run(call, (client, options) =>
        new OrdersController(client).createOrder({ body, paypalRequestId, prefer }, options),
      );
      return snapshotOf(order);
    },
    retrieve: async (ref, call) =>
      saleIdOf(ref) === undefined ? snapshotOf(await get(ref, call)) : sales.retrieve(ref, call),
    ownerOf: (object, call) => ownerOf({ orders, sales }, object, call),
    find: async () => undefined,
    async complete({ ref: id, captureMethod }, call) {
      const within = deadline(call);
      const request = { id, paypalRequestId: keyOf(call), prefer, body: {} };
      const order = await connection.run(call, (client, options): Promise<ApiResponse<AnyOrder>> =>
        captureMethod === 'automatic'
          ? new OrdersController(client).captureOrder(request, options)
          : new OrdersController(client).authorizeOrder(request, options),
      );
      return snapshotOf(isComplete(order) ? order : await afterwards(get(id, within())));
    },
    capture: (request, call) => capture(orders, request, call),
    async cancel({ ref, reason = 'requested' }, call) {
      const paypalRequestId = keyOf(call);
      const within = deadline(call);
      const order = await get(ref, call);
      const snapshot = snapshotOf(order);
      // PayPal has no way to cancel an order that nothing was taken for: it lapses, and is never captured.
      if (snapshot.status === 'requires_action' || snapshot.status === 'approved') {
        return withdraw(snapshot, reason);
      }
      const authorizationId = authorizationOf(order)?.id;
      const releasable = snapshot.capturableMinor > 0 || snapshot.status === 'processing';
      if (authorizationId === undefined || !releasable) throw movedOn();
      await connection.run(within(), (client: SdkClient, options: CallOptions) =>
        new PaymentsController(client).voidPayment({ authorizationId, paypalRequestId, prefer }, options),
      );
      return { ...snapshotOf(withVoid(order)), reason };
    },
    probe: (call) => connection.probe(call),
    refundsAndDisputes: payPalRefundsAndDisputes(orders, sales, livemode),
    customers: payPalCustomers(connection),
    subscriptions: payPalSubscriptions(connection, sales, livemode),
    records: payPalRecords(connection),
  };
}
