import { PaymentsController } from '@paypal/paypal-server-sdk';
import { isPaymentId } from '../../engine/model/ids.ts';
import type { Owner } from '../provider.ts';
import type { ProviderCall } from '../provider-call.ts';
import { deadline, keyless, unlessMissing } from './calls.ts';
import { paymentNamed } from './marks.ts';
import type { Orders } from './orders.ts';
import { saleIdOf } from './sale-ref.ts';
import type { Sales } from './sales.ts';

/** An order or a capture names its payment in `custom_id`; a sale belongs to a subscription. */
export async function ownerOf(
  { orders, sales }: { readonly orders: Orders; readonly sales: Sales },
  { ref, captureRef }: { readonly ref?: string | undefined; readonly captureRef?: string | undefined },
  call: ProviderCall,
): Promise<Owner | undefined> {
  const within = deadline(keyless(call));
  const saleId = ref === undefined ? undefined : saleIdOf(ref);
  if (ref !== undefined && saleId === undefined) {
    const order = await unlessMissing(orders.get(ref, within()));
    return order && paymentNamed(order.purchaseUnits?.[0]?.customId);
  }
  const captureId = saleId ?? captureRef;
  if (captureId === undefined) return undefined;
  if (saleId === undefined) {
    const capture = await unlessMissing(
      orders.connection.run(within(), (client, options) =>
        new PaymentsController(client).getCapturedPayment({ captureId }, options),
      ),
    );
    const named = paymentNamed(capture?.customId);
    if (isPaymentId(named.paymentId)) return named;
  }
  // Disputes name sales and captures alike.
  const renewal = await unlessMissing(sales.renewal(captureId, within()));
  return renewal && { renewal };
}
