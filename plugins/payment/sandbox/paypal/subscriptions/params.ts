import { textLength } from '#runtime/contract/text.ts';
import * as z from 'zod/mini';
import { neededTime } from '../api/input.ts';

const url = z.url({ protocol: /^https?$/ }).check(textLength(10, 4000));

/** Body of `POST /v1/billing/subscriptions`; the plan's terms cannot be overridden. */
export const subscriptionSchema = z.object({
  plan_id: z.string().check(textLength(3, 50)),
  start_time: z.optional(neededTime),
  quantity: z.optional(z.string().check(z.regex(/^[1-9][0-9]{0,5}$/))),
  custom_id: z.optional(z.string().check(z.regex(/^[\x20-\x7e]{1,127}$/))),
  subscriber: z.optional(z.object({ email_address: z.optional(z.string().check(textLength(3, 254))) })),
  application_context: z.optional(z.object({ return_url: url, cancel_url: url })),
});

/** Body of `cancel` and `suspend`. */
export const reasonSchema = z.object({ reason: z.string().check(textLength(1, 128)) });

/** Body of `activate`, which may be empty. */
export const activateSchema = z.object({
  reason: z.optional(z.string().check(textLength(1, 128))),
});
