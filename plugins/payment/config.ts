import * as z from 'zod/mini';
import { secret } from '#runtime/schema/secret.ts';

const text = (pattern: RegExp) => z.string().check(z.regex(pattern));
const word = text(/^\S+$/);
const origin = z
  .string()
  .check(z.regex(/^https?:\/\/[^/\s]+$/, 'must be an origin, such as http://localhost:12111'));

/** Schemes that a browser runs or reads instead of going to a shop; an app may have a scheme of its own. */
const NO_SHOP = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:']);
export const leadsBack = z.refine(
  (url) => !NO_SHOP.has(URL.parse(String(url))?.protocol ?? ''),
  'must be an address that a browser or an app can be sent to',
);

/**
 * The webhook id of PayPal's simulator, which signs events for any address, so that anybody can get signed events.
 */
const SIMULATOR_WEBHOOK_ID = 'WEBHOOK_ID';

const DECIMAL = /^(0|[1-9]\d{0,11})(\.\d{1,4})?$/;
const LIMIT_AMOUNT_MAX = 999_999_999_999;
const LIMIT_RULE = 'must be a decimal of at most 12 digits, and four behind the point';

export const stripeConfig = z.strictObject({
  secretKey: secret(text(/^(sk|rk)_(test|live)_\S+$/)),
  publishableKey: text(/^pk_(test|live)_\S+$/),
  /** One signing secret, or several while one is being rotated, the newest first. */
  webhookSecret: secret(z.union([word, z.array(word).check(z.minLength(1))])),
  /** Pinned by the SDK when left out; another version changes the shape of answers. */
  apiVersion: z.optional(
    z
      .string()
      .check(
        z.regex(/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/, 'must be a version of Stripe, such as 2026-10-28.clover'),
      ),
  ),
  /** Asks for cards that can be captured in several parts; the account must be allowed to. */
  multicapture: z._default(z.boolean(), false),
  /** The account of the key, for endpoints that also get the events of connected accounts. */
  accountId: z.optional(text(/^acct_\S+$/)),
  /** The return URL for server-side confirmation when neither payment nor call has one. */
  returnUrl: z.optional(z.url().check(z.maxLength(2000), leadsBack)),
  /** Where a sandbox listens, as an origin; only on stage `local`. */
  apiBase: z.optional(origin),
});

export const paypalConfig = z
  .strictObject({
    clientId: word,
    clientSecret: secret(word),
    /** PayPal's environment: `live` moves real money. */
    mode: z._default(z.enum(['sandbox', 'live']), 'sandbox'),
    /** The id that PayPal gave our webhook: part of what it signs. */
    webhookId: word,
    /** Whether deliveries whose certificate cannot be fetched or verified are verified by PayPal's API. */
    webhookPostBack: z._default(z.boolean(), false),
    /** Certificates (PEM) that are trusted beside the public roots, such as an intermediate that is not sent. */
    webhookRoots: z.optional(z.array(z.string().check(z.includes('-----BEGIN CERTIFICATE-----')))),
    /** Where a sandbox listens, as an origin; only on stage `local`. */
    apiBase: z.optional(origin),
  })
  .check(
    z.refine(
      ({ mode, webhookId }) => mode !== 'live' || webhookId !== SIMULATOR_WEBHOOK_ID,
      "must have a webhookId of its own in live mode: the simulator's signs for everybody",
    ),
  );

/** Major units, as a number or decimal text without exponent. */
const limitAmount = z.union([
  z.number().check(
    z.gte(0),
    z.lte(LIMIT_AMOUNT_MAX),
    z.refine((value) => DECIMAL.test(String(value)), LIMIT_RULE),
  ),
  z.string().check(z.regex(DECIMAL, LIMIT_RULE)),
]);

const dailyMembers = {
  /** The largest sum of all payments of one UTC day, per currency: amounts are never converted. */
  dailyLimit: z.optional(limitAmount),
  /** How many payments there may be in one UTC day, per currency. */
  dailyCount: z.optional(z.int().check(z.gte(0))),
};
const limitMembers = {
  /** The smallest and the largest amount of one payment, in each currency alike. */
  minAmount: z.optional(limitAmount),
  maxAmount: z.optional(limitAmount),
  ...dailyMembers,
};
/** Rules of single currencies go before the general ones. */
const currencyCode = z
  .string()
  .check(z.regex(/^[a-z]{3}$/, 'must be three lower-case letters of ISO 4217, such as usd'));

export const currencyLimitsConfig = z.strictObject(limitMembers);
export const dailyLimitsConfig = z.strictObject(dailyMembers);
/** The allowances of each customer, beside those of the tenant. */
export const customerLimitsConfig = z.strictObject({
  ...dailyMembers,
  currencies: z.optional(z.record(currencyCode, dailyLimitsConfig)),
});

export const limitsConfig = z.strictObject({
  ...limitMembers,
  currencies: z.optional(z.record(currencyCode, currencyLimitsConfig)),
  customer: z.optional(customerLimitsConfig),
});

const flag = z._default(z.boolean(), true);

/**
 * What may be started. Disabling a feature does not affect existing objects: their captures, cancels, webhooks and
 * reconciliation continue, and refunds unless they are disabled themselves.
 */
export const featuresConfig = z.strictObject({
  payments: flag,
  refunds: flag,
  subscriptions: flag,
  /** Off: deliveries are answered 503, so that providers keep them and deliver again. */
  webhooks: flag,
  /** Which providers new payments, customers and subscriptions may use. */
  stripe: flag,
  paypal: flag,
});

/** `required`: every call that moves money must carry an Idempotency-Key. */
export const idempotencyConfig = z.strictObject({ required: z._default(z.boolean(), false) });

/**
 * Configuration of the payment plugin; keys and secrets come from Secrets Manager. At least one provider.
 */
export const paymentConfig = z
  .strictObject({
    /** Used when a payment names no provider; frozen on each payment at creation. */
    defaultProvider: z._default(z.enum(['stripe', 'paypal']), 'stripe'),
    stripe: z.optional(stripeConfig),
    paypal: z.optional(paypalConfig),
    idempotency: z._default(idempotencyConfig, { required: false }),
    features: z._default(featuresConfig, {
      payments: true,
      refunds: true,
      subscriptions: true,
      webhooks: true,
      stripe: true,
      paypal: true,
    }),
    limits: z._default(limitsConfig, {}),
    /**
     * A payment that succeeds after it was canceled or had failed: reversed by the reconciler, or kept, for shops
     * that deliver anyway.
     */
    lateSuccess: z._default(z.enum(['void_or_refund', 'keep']), 'void_or_refund'),
  })
  .check(
    z.refine(
      (config) => config.stripe !== undefined || config.paypal !== undefined,
      'must have stripe, paypal or both',
    ),
  );

export type PaymentConfig = z.infer<typeof paymentConfig>;
export type LimitsConfig = z.infer<typeof limitsConfig>;
export type Feature = keyof PaymentConfig['features'];
export type StripeConfig = NonNullable<PaymentConfig['stripe']>;
export type PayPalConfig = NonNullable<PaymentConfig['paypal']>;
