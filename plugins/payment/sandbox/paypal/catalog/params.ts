import { textLength } from '#runtime/contract/text.ts';
import * as z from 'zod/mini';
import { moneySchema } from '../orders/params.ts';
import { INTERVAL_UNITS } from '../store/subscription-records.ts';

const text = (max: number) => z.string().check(textLength(1, max));
const webUrl = z.optional(z.url({ protocol: /^https?$/ }).check(textLength(1, 2000)));

/** Body of `POST /v1/catalogs/products`. */
export const productSchema = z.object({
  id: z.optional(z.string().check(textLength(6, 50), z.regex(/^[\w-]+$/))),
  name: text(127),
  description: z.optional(text(256)),
  type: z.enum(['PHYSICAL', 'DIGITAL', 'SERVICE']),
  category: z.optional(z.string().check(z.regex(/^[A-Z_]{4,256}$/))),
  image_url: webUrl,
  home_url: webUrl,
});

const cycleSchema = z.object({
  pricing_scheme: z.optional(z.object({ fixed_price: moneySchema })),
  frequency: z.object({
    interval_unit: z.enum(INTERVAL_UNITS),
    interval_count: z._default(z.int().check(z.minimum(1), z.maximum(365)), 1),
  }),
  tenure_type: z.enum(['REGULAR', 'TRIAL']),
  sequence: z.int().check(z.minimum(1), z.maximum(99)),
  total_cycles: z._default(z.int().check(z.minimum(0), z.maximum(999)), 1),
});

/** Body of `POST /v1/billing/plans`: fixed prices, no taxes. */
export const planSchema = z.object({
  product_id: z.string().check(textLength(6, 50)),
  name: text(127),
  status: z._default(z.enum(['CREATED', 'ACTIVE']), 'ACTIVE'),
  description: z.optional(text(127)),
  billing_cycles: z.array(cycleSchema).check(z.minLength(1), z.maxLength(12)),
  payment_preferences: z.object({
    auto_bill_outstanding: z._default(z.boolean(), true),
    setup_fee: z.optional(moneySchema),
    setup_fee_failure_action: z._default(z.enum(['CONTINUE', 'CANCEL']), 'CANCEL'),
    payment_failure_threshold: z._default(z.int().check(z.minimum(0), z.maximum(999)), 0),
  }),
  quantity_supported: z._default(z.boolean(), false),
});
