import { call, get, path } from '../../api/client.ts';
import type { Cart, ShopCurrency } from './products.ts';
import type { Payment } from './types.ts';

/** An order that a buyer wants to pay. */
export interface Order {
  readonly cart: Cart;
  readonly totalMinor: number;
  readonly currency: ShopCurrency;
  readonly provider: string;
}

/** Payments by order reference, so that a provider that sends the buyer back to an order finds its payment. */
const orderKey = (reference: string): string => `anineeplus.order.${reference}`;
/** Secrets of payments that this page created; one that was left has to ask for it again. */
const clientSecrets = new Map<string, string>();

/** Creates the payment as the shop's server would: whoever has the token for it, which no buyer's page has. */
export async function createPayment(order: Order, reference: string): Promise<Payment> {
  const returnUrl = new URL('/console/checkout', location.href);
  returnUrl.searchParams.set('order', reference);
  const { body } = await call<Payment>('/payments', {
    method: 'POST',
    // A second press of the button, or an answer that was lost, makes no second payment.
    headers: { 'idempotency-key': reference },
    body: {
      amountMinor: order.totalMinor,
      currency: order.currency,
      provider: order.provider,
      orderReference: reference,
      description: 'Checkout of the demo shop',
      returnUrl: returnUrl.href,
      metadata: Object.fromEntries(Object.entries(order.cart).map(([id, count]) => [id, String(count)])),
    },
  });
  if (body.clientSecret !== undefined) clientSecrets.set(body.id, body.clientSecret);
  sessionStorage.setItem(orderKey(reference), body.id);
  return body;
}

/** The payment of an order that this tab has made. */
export const paymentOfOrder = (reference: string): string | null =>
  sessionStorage.getItem(orderKey(reference));

/** The page's address of a payment. */
export const paymentPage = (id: string): string => path`/console/checkout/${id}`;

interface ClientSecret {
  readonly clientSecret: string;
  readonly nextAction?: { readonly url?: string };
}

/** Asks the provider for what only a buyer may have. @throws ApiProblem when the payment waits for no buyer */
async function discloseTo(id: string): Promise<ClientSecret> {
  const { body } = await call<ClientSecret>(path`/payments/${id}/client-secret`, { method: 'POST' });
  clientSecrets.set(id, body.clientSecret);
  return body;
}

/** The secret that lets the buyer confirm. @throws ApiProblem when the payment waits for no buyer */
export const clientSecretOf = async (id: string): Promise<string> =>
  clientSecrets.get(id) ?? (await discloseTo(id)).clientSecret;

/** The page where the buyer's bank waits; the payment itself does not have its address, which holds a secret. */
export async function bankPageOf(id: string): Promise<string> {
  const { nextAction } = await discloseTo(id);
  if (nextAction?.url === undefined) throw new Error('The bank does not wait for the buyer any more.');
  return nextAction.url;
}

/** Stripe's key for browsers, from the plugin's configuration. @throws Error where none is set */
export async function publishableKey(): Promise<string> {
  const { values } = await get<{
    readonly values: { readonly stripe?: { readonly publishableKey?: string } };
  }>('/plugins/payment/config');
  const key = values.stripe?.publishableKey;
  if (key === undefined)
    throw new Error('The payment plugin has no stripe.publishableKey in its configuration.');
  return key;
}
