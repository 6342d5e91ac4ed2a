import { describeObject, describeOperation } from '#runtime/contract/docs.ts';
import { cancelPayment } from '../payments/cancel-payment.ts';
import { capturePayment } from '../payments/capture-payment.ts';
import { confirmPayment } from '../payments/confirm-payment.ts';
import { createPaymentClientSecret } from '../payments/create-payment-client-secret.ts';
import { createPayment } from '../payments/create-payment.ts';
import { getPayment } from '../payments/get-payment.ts';
import { listPayments } from '../payments/list-payments.ts';
import { listTransactions } from '../payments/list-transactions.ts';
import { verifyPayment } from '../reconciliation/verify-payment.ts';
import * as schema from '../api/schemas.ts';
import { authorized, paid, payment } from './examples.ts';
import { texts } from './texts.ts';

const { id } = payment;

export const schemas = [
  describeObject(schema.paymentSchema, 'A one-time payment.', {
    id: 'Our id, `pay_...`.',
    status: 'Its status.',
    amount: texts.amountMajor,
    amountMinor: texts.amountMinor,
    currency: texts.currency,
    provider: texts.provider,
    providerRef: "The provider's id; null until the provider has responded.",
    clientSecret: `${texts.clientSecret} In the answer to the creation; createPaymentClientSecret reads it again.`,
    nextAction: 'What the payer has to do next; absent when nothing is required.',
    captureMethod: 'When it is captured.',
    authorizedMinor: 'The authorized amount, in minor units of the currency.',
    capturableMinor: 'The authorized amount that can still be captured, in minor units of the currency.',
    capturedMinor: 'The captured amount, in minor units of the currency.',
    captureBefore: 'When the authorization expires, where the provider says so.',
    refundableMinor: 'The amount that can still be refunded, in minor units of the currency.',
    refundPendingMinor: 'The amount of refunds that are pending or in doubt, in minor units of the currency.',
    refundedMinor: 'The refunded amount, in minor units of the currency.',
    refundStatus: 'How much of the captured amount was refunded.',
    disputeStatus: 'The most serious status among its disputes.',
    reason: "Why it was canceled or failed: the provider's code or one of this API.",
    orderReference: 'Your own reference; only one payment that has not ended may have it.',
    customerId: 'The customer who pays.',
    subscriptionId: 'The subscription that it is a charge of.',
    description: 'What the payer pays for.',
    metadata: texts.metadata,
    flags: texts.flags,
    operation: texts.operation,
    failure: 'The same as `lastError` without its message; use that one.',
    lastError: 'Why the last attempt to pay or to capture failed; cleared by the next attempt.',
    createdAt: texts.createdAt,
    updatedAt: texts.updatedAt,
    version: texts.version,
  }),
  describeObject(schema.nextAction, 'What a payer has to do.', {
    type: texts.actionType,
    url: texts.actionUrl,
  }),
  describeObject(schema.failure, 'Why a payment failed.', {
    code: "The provider's code.",
    declineCode: "The issuer's decline code, where the provider reports it.",
  }),
  describeObject(schema.lastError, 'Why an attempt failed.', {
    code: 'A code for the merchant.',
    declineCode: "The issuer's decline code, where the provider reports it.",
    message: 'A text for the payer.',
  }),
  describeObject(schema.clientSecretSchema, "What a payer's browser needs to pay; never stored.", {
    paymentId: texts.paymentId,
    clientSecret: "Lets the payer's browser confirm at Stripe. A secret of this payer.",
    nextAction: 'What the payer has to do next.',
  }),
  describeObject(schema.operationView, 'The latest operation of a payment.', {
    kind: 'Its kind.',
    status: 'Its status.',
    nextCheckAt: 'When an unknown outcome is next looked up at the provider.',
  }),
  describeObject(schema.paymentListSchema, 'A page of payments, newest first.', {
    payments: 'The payments of the page.',
    cursor: texts.cursor,
  }),
  describeObject(schema.transactionSchema, "One entry of a payment's append-only log.", {
    id: 'The payment and the version, with a colon between.',
    tenant: 'The tenant of the payment.',
    version: 'The version of the payment that it led to.',
    from: 'The status before; null in the first entry.',
    to: 'The status after.',
    operation: 'Its subject, with the status at that time.',
    refundId: 'The refund it concerns.',
    disputeId: "The dispute it concerns, by the provider's id.",
    delta: 'What changed, by member.',
    cause: 'Its cause.',
    actor: 'The caller, or the part of the platform that acted.',
    source: 'From where the caller called; absent for a webhook and the reconciler.',
    requestId: 'The request that caused it.',
    at: 'When it happened.',
    previousHash: 'The hash of the entry before it; absent in the first.',
    hash: 'SHA-256 (base64url) of the canonical JSON (RFC 8785) of its other members.',
  }),
  describeObject(schema.callSource, 'From where a call came.', {
    ip: "The client's address.",
    calledBy: 'The function that called on behalf of the client, as plugin/function.',
  }),
  describeObject(schema.chainHead, 'What the newest entry of a hash chain has to be.', {
    version: 'The version of what names it.',
    hash: 'Its hash.',
  }),
  describeObject(schema.loggedOperation, 'The subject of a log entry, and its status at that time.', {
    kind: 'An operation, a refund, a dispute or a reversal.',
    status: 'Its status at that time.',
  }),
  describeObject(schema.causeView, 'The cause of a change.', {
    kind: 'Its kind.',
    id: "The request, or the provider's event.",
  }),
  describeObject(schema.transactionListSchema, "A page of a payment's log, oldest first.", {
    transactions: 'The entries of the page.',
    cursor: texts.cursor,
    head: 'On the last page: the hash that the newest entry has to have.',
  }),
];

export const operations = [
  describeOperation(
    createPayment,
    {
      amount: texts.giveAmount,
      amountMinor: texts.giveAmountMinor,
      currency: 'ISO 4217, three letters, in either case.',
      provider: "The provider; the customer's, or the deployment's default, when left out.",
      captureMethod: 'When it is captured; automatic when left out.',
      customerId: 'The customer who pays.',
      paymentMethodId: "The provider's token of a payment method, or a saved one of the customer.",
      confirm: 'Whether to charge the payment method immediately, without the payer.',
      orderReference: 'Your own reference; refused while another payment with it has not ended.',
      description: 'What the payer pays for.',
      returnUrl: texts.returnUrl,
      metadata: texts.giveMetadata,
    },
    {
      input: { amount: 100, currency: 'usd', orderReference: 'order-1001', metadata: { basket: '7' } },
      output: { ...payment, clientSecret: 'pi_3QxExample_secret_example' },
    },
  ),
  describeOperation(getPayment, { id: texts.paymentId }, { input: { id }, output: paid }),
  describeOperation(
    listPayments,
    {
      status: 'Only payments in any of these. Over HTTP with commas between, or repeated.',
      customerId:
        'Only payments of this customer; strongly consistent, where other lists are eventually consistent.',
      from: 'Only payments created then or later: a time with its zone, or a date, which is the start of its day in UTC.',
      to: 'Only payments created then or earlier: a time with its zone, or a date, which includes the whole of its day in UTC.',
      limit: `${texts.page.slice(0, -1)}; 20 when left out.`,
      cursor: texts.givenCursor,
    },
    {
      input: { status: ['requires_action', 'succeeded'], limit: 20 },
      output: { payments: [paid], cursor: null },
    },
  ),
  describeOperation(
    listTransactions,
    {
      id: texts.paymentId,
      limit: `${texts.page.slice(0, -1)}; 100 when left out.`,
      cursor: texts.givenCursor,
    },
    {
      input: { id, limit: 100 },
      output: {
        transactions: [
          {
            id: `${id}:1`,
            tenant: 'default',
            version: 1,
            from: null,
            to: 'initiating',
            operation: { kind: 'create', status: 'requested' },
            delta: {},
            cause: { kind: 'api', id: '0e55f3a0-eafb-4a79-9cb9-1e6ef639da96' },
            actor: 'developer',
            source: { ip: '203.0.113.7' },
            requestId: '0e55f3a0-eafb-4a79-9cb9-1e6ef639da96',
            at: payment.createdAt,
            hash: 'kqRgfPgQzrUoOwWdHn3ZB3cXU3ZqXv2j0mWq2m0Q3aE',
          },
        ],
        cursor: null,
        head: { version: 1, hash: 'kqRgfPgQzrUoOwWdHn3ZB3cXU3ZqXv2j0mWq2m0Q3aE' },
      },
    },
  ),
  describeOperation(
    capturePayment,
    {
      id: texts.paymentId,
      amount: `${texts.giveAmount} All that is capturable when left out.`,
      amountMinor: texts.giveAmountMinor,
      final: 'False keeps the rest authorized for further captures, where the provider supports it.',
    },
    { input: { id: authorized.id, amount: '100.00' }, output: paid },
  ),
  describeOperation(
    confirmPayment,
    {
      id: texts.paymentId,
      paymentMethodId: "The provider's token of a payment method, or a saved one of the payment's customer.",
      returnUrl: texts.returnUrl,
    },
    { input: { id, paymentMethodId: 'pm_card_visa' }, output: paid },
  ),
  describeOperation(
    cancelPayment,
    { id: texts.paymentId, reason: 'The reason.' },
    {
      input: { id, reason: 'requested_by_customer' },
      output: { ...payment, status: 'canceled', reason: 'requested_by_customer', version: 3 },
    },
  ),
  describeOperation(
    createPaymentClientSecret,
    { id: texts.paymentId },
    { input: { id }, output: { paymentId: id, clientSecret: 'pi_3QxExample_secret_example' } },
  ),
  describeOperation(verifyPayment, { id: texts.paymentId }, { input: { id }, output: paid }),
];
