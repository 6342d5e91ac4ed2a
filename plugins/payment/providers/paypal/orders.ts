import { OrdersController } from '@paypal/paypal-server-sdk';
import type { Snapshot } from '../../payments/model/snapshot.ts';
import { ProviderError } from '../provider-error.ts';
import { type ProviderCall } from '../provider-call.ts';
import { keyless } from './calls.ts';
import type { PayPalConnection } from './client.ts';
import { type AnyOrder, toSnapshot } from './mapping.ts';
import { saleIdOf } from './sale-ref.ts';

/** The operations on orders that the adapter's parts share. */
export interface Orders {
  readonly connection: PayPalConnection;
  /** @throws ProviderError `already_done` for a charge of a subscription: it has no order, and is over */
  readonly get: (ref: string, call: ProviderCall) => Promise<AnyOrder>;
  readonly snapshotOf: (order: AnyOrder) => Snapshot;
}

export function payPalOrders(connection: PayPalConnection, livemode: boolean): Orders {
  return {
    connection,
    async get(ref, call) {
      if (saleIdOf(ref) !== undefined)
        throw new ProviderError({ class: 'already_done', code: 'subscription_charge' });
      return connection.run(keyless(call), (client, options) =>
        new OrdersController(client).getOrder({ id: ref }, options),
      );
    },
    snapshotOf: (order) => toSnapshot(order, livemode),
  };
}
