import { text, textLength, wellFormed } from '#runtime/contract/text.ts';
import * as z from 'zod/mini';
import { leadsBack } from '../config.ts';
import { shortestMajor } from '../money/money.ts';
import { EVENT_ID } from '../providers/event.ts';
import { OWN_METADATA_KEYS_MAX } from '../providers/metadata-keys.ts';
import * as enums from './enums.ts';

/** Stripe takes 50 keys, of which five are kept for what we write ourselves: see `OWN_METADATA_KEYS`. */
const METADATA_KEYS_MAX = 50 - OWN_METADATA_KEYS_MAX;

export const paymentId = text(1000);
export const { providerName, captureMethod, paymentStatus } = enums;
/** A point in time in our format; one schema for all, which makes it a `DateTime` in GraphQL. */
export const timestamp = z.iso.datetime();

/**
 * Major units as a JSON number or decimal text; parsed exactly, see `money/money.ts`. `10`, `10.0` and `"10.00"`
 * are the same amount.
 */
export const amount = z.pipe(
  z.union([z.number(), z.string().check(textLength(0, 64))]),
  z.transform(shortestMajor),
);
export const amountMinor = z.int();
export const currency = z
  .string()
  .check(z.regex(/^[A-Za-z]{3}$/, 'must be three letters of ISO 4217, such as usd'), z.toLowerCase());
export const description = text(500);
export const orderReference = text(200);
export const paymentMethodId = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_]{1,255}$/, 'must be 1 to 255 letters, digits and _'));
export const returnUrl = z.url().check(textLength(1, 2000), wellFormed, leadsBack);
export const customerId = text(1000);
export const email = text(254, 3).check(
  z.regex(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address, such as name@example.com'),
);
export const personName = text(200);
/** A token of a provider, or an id of ours that stands for one. */
export const methodToken = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{1,255}$/, 'must be 1 to 255 letters, digits, _ and -'));
export const planId = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_.-]{1,255}$/, 'must be 1 to 255 letters, digits, _, . and -'));
export const cursor = z.string().check(textLength(0, 1000));
/** Stripe's rule for keys; other providers get no metadata but our id. */
const metadataKey = text(40).check(
  z.regex(/^[^\p{Cc}[\]]*$/u, 'must hold no control characters and no [ or ]'),
);
export const metadata = z
  .record(metadataKey, text(500, 0))
  .check(
    z.refine(
      (record) => Object.keys(record).length <= METADATA_KEYS_MAX,
      `must have at most ${METADATA_KEYS_MAX} keys`,
    ),
  );

const minor = z.int().check(z.gte(0));
export const operationView = z.object({
  kind: enums.operationKind,
  status: enums.operationStatus,
  /** When the provider is asked next about an operation whose outcome is unknown. */
  nextCheckAt: z.optional(timestamp),
});
operationView.register(z.globalRegistry, { id: 'PaymentOperation' });

/** What a log entry is about: an operation, a refund, a dispute or a reversal. */
export const loggedOperation = z.object({
  kind: enums.transactionKind,
  status: enums.transactionStatus,
});
loggedOperation.register(z.globalRegistry, { id: 'TransactionOperation' });

export const nextAction = z.object({ type: z.string(), url: z.optional(z.string()) });
nextAction.register(z.globalRegistry, { id: 'NextAction' });

export const failure = z.object({ code: z.string(), declineCode: z.optional(z.string()) });
failure.register(z.globalRegistry, { id: 'PaymentFailure' });

/** Why the last attempt did not work: `code` and `declineCode` for the merchant, `message` for the payer. */
export const lastError = z.object({
  code: z.string(),
  declineCode: z.optional(z.string()),
  message: z.string(),
});
lastError.register(z.globalRegistry, { id: 'PaymentLastError' });

/**
 * A payment as clients see it. `clientSecret`, and an address of the next action that holds it, appear on create and
 * its replay only.
 */
export const paymentSchema = z.object({
  id: z.string(),
  status: paymentStatus,
  /** Major units. */
  amount: z.number(),
  amountMinor: minor,
  currency: z.string(),
  provider: providerName,
  providerRef: z.nullable(z.string()),
  clientSecret: z.optional(z.nullable(z.string())),
  nextAction: z.optional(nextAction),
  captureMethod,
  authorizedMinor: minor,
  capturableMinor: minor,
  capturedMinor: minor,
  /** Until when held money can be captured, where the provider says so. */
  captureBefore: z.optional(timestamp),
  refundableMinor: minor,
  refundPendingMinor: minor,
  refundedMinor: minor,
  refundStatus: enums.paymentRefundStatus,
  disputeStatus: enums.paymentDisputeStatus,
  reason: z.optional(z.string()),
  orderReference: z.optional(z.string()),
  customerId: z.optional(z.string()),
  /** The subscription whose charge it is. */
  subscriptionId: z.optional(z.string()),
  description: z.optional(z.string()),
  metadata: z.record(z.string(), z.string()),
  flags: z.array(z.string()),
  operation: operationView,
  /** The same as `lastError` without its message, which is to be used instead. */
  failure: z.optional(failure),
  /** Why the last attempt to pay or to capture did not work, until the next attempt. */
  lastError: z.optional(lastError),
  createdAt: timestamp,
  updatedAt: timestamp,
  version: z.int(),
});
paymentSchema.register(z.globalRegistry, { id: 'Payment' });
export type PaymentView = z.infer<typeof paymentSchema>;

/** The client secret for the payer's browser, fetched from the provider for this response and never stored. */
export const clientSecretSchema = z.object({
  paymentId: z.string(),
  clientSecret: z.string(),
  nextAction: z.optional(nextAction),
});
clientSecretSchema.register(z.globalRegistry, { id: 'PaymentClientSecret' });
export type ClientSecretView = z.infer<typeof clientSecretSchema>;

export const paymentListSchema = z.object({
  payments: z.array(paymentSchema),
  /** Give it back as `cursor` for the next page; null on the last one. */
  cursor: z.nullable(z.string()),
});
paymentListSchema.register(z.globalRegistry, { id: 'PaymentList' });

export const causeView = z.object({ kind: enums.causeKind, id: z.string() });
causeView.register(z.globalRegistry, { id: 'TransactionCause' });

export const callSource = z.object({ ip: z.optional(z.string()), calledBy: z.optional(z.string()) });
callSource.register(z.globalRegistry, { id: 'CallSource' });

export const chainHead = z.object({ version: z.int(), hash: z.string() });
chainHead.register(z.globalRegistry, { id: 'ChainHead' });

/** One line of a payment's log. */
export const transactionSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  version: z.int(),
  from: z.nullable(paymentStatus),
  to: paymentStatus,
  operation: loggedOperation,
  refundId: z.optional(z.string()),
  disputeId: z.optional(z.string()),
  delta: z.record(z.string(), z.unknown()),
  cause: causeView,
  actor: z.string(),
  source: z.optional(callSource),
  requestId: z.string(),
  at: timestamp,
  previousHash: z.optional(z.string()),
  hash: z.optional(z.string()),
});
transactionSchema.register(z.globalRegistry, { id: 'Transaction' });

export const transactionListSchema = z.object({
  transactions: z.array(transactionSchema),
  cursor: z.nullable(z.string()),
  head: z.optional(chainHead),
});
transactionListSchema.register(z.globalRegistry, { id: 'TransactionList' });

/** A provider's id of one of its events. */
export const eventId = z.string().check(z.regex(EVENT_ID, 'must be 1 to 255 letters, digits, _ and -'));

export const webhookReceiptSchema = z.object({
  outcome: enums.webhookOutcome,
  eventId: z.optional(z.string()),
});
webhookReceiptSchema.register(z.globalRegistry, { id: 'WebhookReceipt' });
