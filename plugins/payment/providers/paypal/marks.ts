import { eventText } from '../event.ts';
import { readMarkedId } from '../marked-id.ts';

/** The payment that a field of an object names. */
export interface Named {
  readonly paymentId?: string | undefined;
  readonly deployment?: string | undefined;
}

/** Our payment id and deployment in `custom_id`; any other text is returned as it is. */
export function paymentNamed(customId: unknown): Named & { readonly paymentId: string | undefined } {
  const named = readMarkedId('pay', customId);
  if (named !== undefined) return { paymentId: named.id, deployment: named.deployment };
  return { paymentId: eventText(customId) };
}

/** Our customer and the deployment in `merchant_customer_id`. */
export function customerNamed(merchantCustomerId: unknown) {
  const named = readMarkedId('cus', merchantCustomerId);
  return { customerId: named?.id, deployment: named?.deployment };
}
