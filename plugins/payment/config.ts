import * as z from 'zod/mini';

const secret = (pattern: RegExp) => z.string().check(z.regex(pattern));
const webhookSecret = secret(/^\S+$/);

/**
 * Configuration of the payment plugin; `stripe.secretKey` and `stripe.webhookSecret` come from Secrets Manager.
 */
export const paymentConfig = z.strictObject({
  /** Used when a payment names no provider; frozen on each payment at creation. */
  defaultProvider: z._default(z.enum(['stripe']), 'stripe'),
  stripe: z.strictObject({
    secretKey: secret(/^(sk|rk)_(test|live)_\S+$/),
    publishableKey: secret(/^pk_(test|live)_\S+$/),
    /** One signing secret, or several while one is being rotated, the newest first. */
    webhookSecret: z.union([webhookSecret, z.array(webhookSecret).check(z.minLength(1))]),
    /** Pinned by the SDK when left out; another version changes the shape of answers. */
    apiVersion: z.optional(z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/))),
    /** Where a sandbox listens, as an origin; only on stage `local`. */
    apiBase: z.optional(z.string().check(z.regex(/^https?:\/\/[^/\s]+$/))),
  }),
  idempotency: z._default(
    /** `required`: every call that moves money must carry an Idempotency-Key. */
    z.strictObject({ required: z._default(z.boolean(), false) }),
    { required: false },
  ),
});

export type PaymentConfig = z.infer<typeof paymentConfig>;
export type StripeConfig = PaymentConfig['stripe'];
