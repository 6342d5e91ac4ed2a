import { textLength } from '#runtime/contract/text.ts';
import * as z from 'zod/mini';

const text = (max: number) => z.optional(z.string().check(textLength(1, max)));
const webUrl = z.optional(z.url({ protocol: /^https?$/ }));

/** An amount as the API takes it; the currency's own rules come later. */
export const moneySchema = z.object({
  currency_code: z.string().check(textLength(3, 3)),
  value: z.string().check(textLength(0, 32), z.regex(/^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$/)),
});

const contextSchema = z.object({
  brand_name: text(127),
  cancel_url: webUrl,
  landing_page: z.optional(z.enum(['LOGIN', 'GUEST_CHECKOUT', 'BILLING', 'NO_PREFERENCE'])),
  locale: z.optional(z.string().check(z.regex(/^[a-z]{2}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}))?$/))),
  payment_method_preference: z.optional(z.enum(['UNRESTRICTED', 'IMMEDIATE_PAYMENT_REQUIRED'])),
  return_url: webUrl,
  shipping_preference: z.optional(z.enum(['GET_FROM_FILE', 'NO_SHIPPING', 'SET_PROVIDED_ADDRESS'])),
  user_action: z.optional(z.enum(['CONTINUE', 'PAY_NOW'])),
});

const unitSchema = z.object({
  amount: moneySchema,
  custom_id: text(127),
  description: text(127),
  invoice_id: text(127),
  reference_id: text(256),
  soft_descriptor: text(22),
});

/** Body of `POST /v2/checkout/orders`. PayPal takes ten purchase units; the sandbox keeps one. */
export const createSchema = z.object({
  intent: z.enum(['CAPTURE', 'AUTHORIZE']),
  purchase_units: z.tuple([unitSchema]),
  payment_source: z.optional(
    z.object({
      paypal: z.optional(
        z.object({
          experience_context: z.optional(contextSchema),
          vault_id: z.optional(z.string().check(z.regex(/^[0-9a-zA-Z_-]{1,255}$/))),
        }),
      ),
    }),
  ),
  application_context: z.optional(contextSchema),
});

/** Body of `POST /v2/payments/authorizations/{id}/capture`. */
export const captureSchema = z.object({
  amount: z.optional(moneySchema),
  final_capture: z._default(z.boolean(), false),
  invoice_id: text(127),
  note_to_payer: text(255),
  soft_descriptor: text(22),
});
