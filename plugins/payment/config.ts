import * as z from 'zod/mini';

const secret = (pattern: RegExp) => z.string().check(z.regex(pattern));
const webhookSecret = secret(/^\S+$/);
const word = secret(/^\S+$/);
const origin = z.string().check(z.regex(/^https?:\/\/[^/\s]+$/));

/** What PayPal's simulator signs its events for any address with, so that anybody can have such events signed. */
const SIMULATOR_WEBHOOK_ID = 'WEBHOOK_ID';

const stripe = z.strictObject({
  secretKey: secret(/^(sk|rk)_(test|live)_\S+$/),
  publishableKey: secret(/^pk_(test|live)_\S+$/),
  /** One signing secret, or several while one is being rotated, the newest first. */
  webhookSecret: z.union([webhookSecret, z.array(webhookSecret).check(z.minLength(1))]),
  /** Pinned by the SDK when left out; another version changes the shape of answers. */
  apiVersion: z.optional(z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/))),
  /** The account of the key, for endpoints that also get the events of connected accounts. */
  accountId: z.optional(secret(/^acct_\S+$/)),
  /** Where a sandbox listens, as an origin; only on stage `local`. */
  apiBase: z.optional(origin),
});

const paypal = z
  .strictObject({
    clientId: word,
    clientSecret: word,
    /** Which of PayPal's two worlds: `live` moves real money. */
    mode: z._default(z.enum(['sandbox', 'live']), 'sandbox'),
    /** The id that PayPal gave our webhook: part of what it signs. */
    webhookId: word,
    /** Whether PayPal is asked about deliveries whose certificate cannot be fetched or does not chain to a root. */
    webhookPostBack: z._default(z.boolean(), false),
    /** Certificates (PEM) that are trusted beside the public roots, such as an intermediate that is not sent. */
    webhookRoots: z.optional(z.array(z.string().check(z.includes('-----BEGIN CERTIFICATE-----')))),
    /** Where a sandbox listens, as an origin; only on stage `local`. */
    apiBase: z.optional(origin),
  })
  .check(
    z.refine(
      ({ mode, webhookId }) => mode !== 'live' || webhookId !== SIMULATOR_WEBHOOK_ID,
      "webhookId is the simulator's, which signs for everybody",
    ),
  );

/**
 * Configuration of the payment plugin; keys and secrets come from Secrets Manager. At least one provider.
 */
export const paymentConfig = z
  .strictObject({
    /** Used when a payment names no provider; frozen on each payment at creation. */
    defaultProvider: z._default(z.enum(['stripe', 'paypal']), 'stripe'),
    stripe: z.optional(stripe),
    paypal: z.optional(paypal),
    idempotency: z._default(
      /** `required`: every call that moves money must carry an Idempotency-Key. */
      z.strictObject({ required: z._default(z.boolean(), false) }),
      { required: false },
    ),
  })
  .check(
    z.refine(
      (config) => config.stripe !== undefined || config.paypal !== undefined,
      'has neither stripe nor paypal',
    ),
  );

export type PaymentConfig = z.infer<typeof paymentConfig>;
export type StripeConfig = NonNullable<PaymentConfig['stripe']>;
export type PayPalConfig = NonNullable<PaymentConfig['paypal']>;
