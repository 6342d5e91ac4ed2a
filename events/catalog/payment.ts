import * as z from 'zod/mini';
import { eventContract } from './contract.ts';

const text = z.string().check(z.minLength(1));
const count = z.int().check(z.gte(0));

/** Exact money: an integer in the currency's ISO 4217 minor unit, never negative. */
export const money = z.object({
  amountMinor: count,
  currency: z.string().check(z.regex(/^[a-z]{3}$/)),
});

/** The states of a payment that clients and subscribers see. */
export const paymentStatus = z.enum([
  'initiating',
  'requires_action',
  'approved',
  'processing',
  'authorized',
  'partially_captured',
  'succeeded',
  'canceled',
  'failed',
]);

/** What every payment event says. `providerRef` is null as long as the provider has not named its object. */
const common = {
  provider: text,
  providerRef: z.nullable(text),
  /** Null in the first event of a payment. */
  previousStatus: z.nullable(paymentStatus),
  status: paymentStatus,
};

/** Our stable code of a refusal, and the issuer's reason where the provider hands it on. */
const refusal = { code: text, declineCode: z.optional(text) };

export const paymentCreated = eventContract({
  type: 'payment.created',
  version: '1.1.0',
  summary: 'A payment was accepted and recorded; no money has moved because of that alone.',
  data: () =>
    z.object({
      ...common,
      amount: money,
      captureMethod: z.enum(['automatic', 'manual']),
      orderReference: z.optional(text),
      customerId: z.optional(text),
      /** The subscription whose charge it is. */
      subscriptionId: z.optional(text),
    }),
});

export const paymentRequiresAction = eventContract({
  type: 'payment.requires_action',
  version: '1.1.0',
  summary: 'The payment waits for the payer: a payment method, an authentication, or another try.',
  data: () =>
    z.object({
      ...common,
      /** The provider's name of the step, e.g. `redirect_to_url`; absent while a payment method is missing. */
      actionType: z.optional(text),
      attempts: count,
      lastDeclineCode: z.optional(text),
    }),
});

export const paymentApproved = eventContract({
  type: 'payment.approved',
  version: '1.0.0',
  summary: 'The payer has approved the payment at the provider; nothing is authorized or captured yet.',
  data: () => z.object({ ...common, captureMethod: z.enum(['automatic', 'manual']) }),
});

export const paymentProcessing = eventContract({
  type: 'payment.processing',
  version: '1.1.0',
  summary: 'The provider is processing the payment and will report the outcome.',
  data: () => z.object({ ...common, pendingReason: z.optional(text) }),
});

export const paymentAuthorized = eventContract({
  type: 'payment.authorized',
  version: '1.1.0',
  summary: 'The payment is authorized and not captured yet.',
  data: () => z.object({ ...common, authorized: money, captureBefore: z.optional(z.iso.datetime()) }),
});

export const paymentPartiallyCaptured = eventContract({
  type: 'payment.partially_captured',
  version: '1.1.0',
  summary: 'Part of the authorized amount was captured, and the rest can still be.',
  data: () =>
    z.object({
      ...common,
      /** The capture that caused it; absent when it was made outside of this API. */
      captureId: z.optional(text),
      captureAmount: money,
      /** Sum of all captures so far. */
      captured: money,
      capturable: money,
    }),
});

export const paymentSucceeded = eventContract({
  type: 'payment.succeeded',
  version: '1.1.0',
  summary: 'The payment was captured, perhaps for less than was authorized.',
  data: () =>
    z.object({
      ...common,
      /** The capture that finished it; absent when the payment captured itself or was captured elsewhere. */
      captureId: z.optional(text),
      captured: money,
      /** Whether nothing more can be captured. */
      final: z.boolean(),
    }),
});

export const paymentCanceled = eventContract({
  type: 'payment.canceled',
  version: '1.1.0',
  summary: 'The payment was canceled before it was captured.',
  data: () => z.object({ ...common, reason: text, releasedAmount: money }),
});

export const paymentFailed = eventContract({
  type: 'payment.failed',
  version: '1.1.0',
  summary: 'The payment can no longer succeed.',
  data: () =>
    z.object({
      ...common,
      ...refusal,
      /** Whether a new payment for the same purpose may succeed. */
      retryable: z.boolean(),
    }),
});

export const paymentAttemptFailed = eventContract({
  type: 'payment.attempt_failed',
  version: '1.1.0',
  summary: 'One attempt was declined; the payer may try again on the same payment.',
  data: () => z.object({ ...common, ...refusal, attempt: z.int().check(z.gte(1)) }),
});

export const paymentInDoubt = eventContract({
  type: 'payment.in_doubt',
  version: '1.1.0',
  summary: 'The outcome of a call to the provider is unknown; nothing was undone because of that.',
  data: () =>
    z.object({
      ...common,
      operation: z.enum(['create', 'confirm', 'authorize', 'capture', 'cancel', 'refund']),
      /** The refund, where the operation is one. */
      refundId: z.optional(text),
      since: z.iso.datetime(),
      /** When the outcome is asked for next, where that is planned. */
      nextCheckAt: z.optional(z.iso.datetime()),
    }),
});

export const paymentLateSuccess = eventContract({
  type: 'payment.late_success',
  version: '1.1.0',
  summary:
    'The provider has authorized or captured money for a payment that had ended as canceled or failed.',
  data: () =>
    z.object({
      ...common,
      authorized: money,
      captured: money,
      /** What follows by itself: the money goes back, or nothing. */
      action: z.optional(z.enum(['void_or_refund', 'none'])),
    }),
});

export const paymentMismatch = eventContract({
  type: 'payment.mismatch',
  version: '1.1.0',
  summary: "The provider's object contradicts our record, which was therefore not changed.",
  data: () => z.object({ ...common, field: text, expected: text, actual: text }),
});

export const paymentAuthorizationExpiring = eventContract({
  type: 'payment.authorization_expiring',
  version: '1.0.0',
  summary: 'An authorization is about to expire: capture the payment, or cancel it.',
  data: () => z.object({ ...common, capturable: money, captureBefore: z.iso.datetime() }),
});

export const paymentNeedsReview = eventContract({
  type: 'payment.needs_review',
  version: '1.0.0',
  summary: 'The payment could not be resolved automatically and needs manual review.',
  data: () =>
    z.object({
      ...common,
      why: z.enum(['outcome_unknown', 'still_processing', 'not_undone', 'not_abandoned', 'object_missing']),
    }),
});

export const fraudWarning = eventContract({
  type: 'fraud.warning',
  version: '1.0.0',
  summary: 'A bank or card network suspects that the payment is fraud; published once per payment.',
  data: () => z.object({ ...common, warningRef: text }),
});
