import { call, path } from '../../api/client.ts';
import { clientSecretOf, paymentPage, publishableKey } from './order.ts';
import type { Payment } from './types.ts';

/** A test payment method of Stripe, and what comes of it. */
export interface TestMethod {
  readonly id: string;
  readonly name: string;
  readonly outcome: string;
}

export const testMethods: readonly TestMethod[] = [
  { id: 'pm_card_visa', name: 'Visa', outcome: 'Succeeds' },
  { id: 'pm_card_mastercard', name: 'Mastercard', outcome: 'Succeeds' },
  { id: 'pm_card_threeDSecureRequired', name: '3-D Secure card', outcome: 'Asks the buyer first' },
  { id: 'pm_card_chargeDeclined', name: 'Declined card', outcome: 'Is declined' },
  { id: 'pm_card_chargeDeclinedInsufficientFunds', name: 'Empty account', outcome: 'Has insufficient funds' },
  { id: 'pm_card_chargeDeclinedExpiredCard', name: 'Expired card', outcome: 'Has expired' },
  { id: 'pm_card_createDispute', name: 'Disputing card', outcome: 'Succeeds and is disputed' },
];

/** For US dollars alone. */
export const bankAccounts: readonly TestMethod[] = [
  { id: 'pm_usBankAccount_success', name: 'Bank account', outcome: 'Is processed for two seconds' },
];

/** What Stripe answers when a buyer confirms. */
interface Confirmed {
  readonly status: string;
  readonly next_action?: { readonly redirect_to_url?: { readonly url?: string } } | null;
}

/**
 * Confirms as Stripe.js does in a shop's page: at Stripe, with the publishable key and the client secret. Our API takes no
 * part in it. @returns where the buyer has to go first, such as the page of the bank @throws ApiProblem with Stripe's words
 */
export async function confirmAtStripe(
  { id, providerRef = '' }: Payment,
  method: TestMethod,
): Promise<string | undefined> {
  const [secret, key] = await Promise.all([clientSecretOf(id), publishableKey()]);
  const { body } = await call<Confirmed>(
    path`/dev/sandboxes/stripe/v1/payment_intents/${providerRef}/confirm`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      form: {
        client_secret: secret,
        payment_method: method.id,
        return_url: new URL(paymentPage(id), location.href).href,
      },
    },
  );
  return body.next_action?.redirect_to_url?.url;
}
