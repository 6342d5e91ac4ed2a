import { type Answer, eventually, request } from '#testing/client.ts';
import type { System } from './system.ts';

/** The payment API as a client sees it, with the payer's part played at the sandboxes of the providers. */
export function paymentsOf(system: System) {
  const api = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    request(system.url, method, path, { body, ...(headers && { headers }) });
  const controlsOf = (name: string) => (method: string, path: string, body?: unknown) =>
    request(system.sandbox(name), method, `/__sandbox${path}`, { body });
  const paypal = controlsOf('paypal');

  return {
    api,
    /** Controls of the Stripe sandbox. */
    sandbox: controlsOf('stripe'),
    /** Controls of the PayPal sandbox. */
    paypal,
    create: (body: unknown = { amount: 100, currency: 'usd' }, headers?: Record<string, string>) =>
      api('POST', '/payments', body, headers),
    get: (id: string) => api('GET', `/payments/${id}`),
    transactions: (id: string) => api('GET', `/payments/${id}/transactions`),
    graphql: (query: string, variables?: unknown, headers?: Record<string, string>) =>
      api('POST', '/graphql', { query, variables }, headers),
    /** Confirms as the browser does: publishable key and client secret, nothing else. */
    confirm: (clientSecret: string, publishableKey: string, paymentMethod = 'pm_card_visa') =>
      confirmIntent(system, clientSecret, publishableKey, paymentMethod),
    /** Approves as the payer does on PayPal's page; the sandbox's README lists the outcomes. */
    approve: (providerRef: string, outcome = 'succeeds') =>
      paypal('POST', `/orders/${providerRef}/approve`, { outcome }),
    status: (id: string, status: string, withinMs?: number) =>
      eventually(
        () => api('GET', `/payments/${id}`),
        (answer: Answer) => answer.body.status === status,
        withinMs,
      ),
    events: (type: string, paymentId: string) => eventsOf(system, type, paymentId),
  };
}

/** Pays with a saved card, and waits until the event has reached the bus. @returns the id of the payment */
export async function payAtOnce(system: System): Promise<string> {
  const payments = paymentsOf(system);
  const { body } = await payments.create({
    amount: 5,
    currency: 'usd',
    paymentMethodId: 'pm_card_visa',
    confirm: true,
  });
  await eventually(
    () => payments.events('payment.succeeded.v1', body.id),
    (events) => events.length > 0,
    15_000,
  );
  return body.id;
}

async function confirmIntent(
  system: System,
  clientSecret: string,
  publishableKey: string,
  paymentMethod: string,
): Promise<Answer> {
  const intent = clientSecret.split('_secret_')[0] ?? '';
  const form = new URLSearchParams({
    client_secret: clientSecret,
    payment_method: paymentMethod,
    return_url: 'https://shop.example/return',
  });
  return request(system.sandbox('stripe'), 'POST', `/v1/payment_intents/${intent}/confirm`, {
    raw: form.toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Bearer ${publishableKey}`,
    },
  });
}

async function eventsOf(system: System, type: string, paymentId: string) {
  const answer = await request(system.url, 'GET', `/dev/events?type=${type}`);
  const events = answer.body.events as unknown as {
    detail: { aggregate: { id: string }; id: string; sequence: number };
  }[];
  return events.filter(({ detail }) => detail.aggregate.id === paymentId);
}
