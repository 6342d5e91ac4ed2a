import { Stripe } from 'stripe';
import type { StripeSandboxOptions } from '../../../../../../plugins/payment/sandbox/stripe/sandbox.ts';
import { createStripeSandbox } from '../../../../../../plugins/payment/sandbox/stripe/sandbox.ts';
import type { Delivered } from '../support.ts';
import { controlAt, receiver as anyReceiver } from '../support.ts';

export { controlAt };

export const SECRET_KEY = 'sk_test_unit';
export const PUBLISHABLE_KEY = 'pk_test_unit';
export const WEBHOOK_SECRET = 'whsec_unit';
export const NO_REDIRECTS = { enabled: true, allow_redirects: 'never' } as const;

export interface Received {
  readonly body: string;
  readonly signature: string;
  readonly event: Stripe.Event;
}

/** A webhook endpoint that keeps the events it gets with their signatures. */
export async function receiver(respond?: (calls: number) => number) {
  const { close, received, url } = await anyReceiver(respond);
  const events = new Map<Delivered, Received>();
  const read = (got: Delivered): Received => {
    const known = events.get(got) ?? {
      body: got.body,
      signature: String(got.headers['stripe-signature']),
      event: JSON.parse(got.body) as Stripe.Event,
    };
    events.set(got, known);
    return known;
  };
  return {
    close,
    url,
    get received() {
      return received.map(read);
    },
  };
}

export function stripeAt(origin: string, key = SECRET_KEY, maxNetworkRetries = 0): Stripe {
  const { hostname, port } = new URL(origin);
  return new Stripe(key, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries,
  });
}

/** A sandbox with an SDK client and its controls. */
export async function startSandbox(options: Partial<StripeSandboxOptions> = {}) {
  const sandbox = createStripeSandbox({
    secretKey: SECRET_KEY,
    webhookSecrets: [WEBHOOK_SECRET],
    webhookBackoffMs: 10,
    ...options,
  });
  const origin = await sandbox.listen(0);
  return { origin, stripe: stripeAt(origin), close: () => sandbox.close(), control: controlAt(origin) };
}

/** Raw call with the secret key (or another), for what the SDK would not send. */
export async function raw(
  origin: string,
  method: string,
  path: string,
  form = '',
  headers: Record<string, string> = {},
) {
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${SECRET_KEY}`,
      ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...headers,
    },
    ...(method === 'POST' ? { body: form } : {}),
  });
  const body = (await response.json()) as {
    id?: string;
    error?: { code?: string; type: string; message: string; param?: string };
  };
  return { status: response.status, headers: response.headers, body };
}

/** The error an SDK call fails with. */
export async function failure(
  call: Promise<unknown>,
): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('the call should have failed');
}

/** An intent of 10.00 usd that is confirmed at once. */
export function payAt(
  stripe: Stripe,
  method: string,
  more: Partial<Stripe.PaymentIntentCreateParams> = {},
): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create({
    amount: 1000,
    currency: 'usd',
    confirm: true,
    payment_method: method,
    automatic_payment_methods: NO_REDIRECTS,
    ...more,
  });
}

/** The types of the events about one object, oldest first. */
export async function typesAbout(stripe: Stripe, id: string): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 });
  const about = data.filter((event) => (event.data.object as { id?: string }).id === id);
  return about.map(({ type }) => type).reverse();
}

/** The id in a member that may also hold the object. */
export function refOf(member: string | { id: string } | null | undefined): string {
  return typeof member === 'string' ? member : (member?.id ?? '');
}

/** A price of 19 dollars a month. */
export const monthlyPrice = (stripe: Stripe): Promise<Stripe.Price> =>
  stripe.prices.create({
    currency: 'usd',
    unit_amount: 1900,
    recurring: { interval: 'month' },
    product_data: { name: 'Pro' },
  });
