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
  describeObject(schema.paymentSchema, 'A payment: an amount that a payer owes once.', {
    id: 'Our id, `pay_...`.',
    status: 'Where the money stands.',
    amount: texts.amountMajor,
    amountMinor: texts.amountMinor,
    currency: texts.currency,
    provider: texts.provider,
    providerRef: "The provider's id of it; null until the provider has answered.",
    clientSecret: `${texts.clientSecret} In the answer to the creation; createPaymentClientSecret reads it again.`,
    nextAction: 'What the payer has to do next, as long as the payer is awaited.',
    captureMethod: 'When the money is taken.',
    authorizedMinor: 'What the payer agreed to, in minor units of the currency.',
    capturableMinor: 'What is held and can be captured, in minor units of the currency.',
    capturedMinor: 'What was taken, in minor units of the currency.',
    captureBefore: 'Until when held money can be captured, where the provider says so.',
    refundableMinor: 'What can still be given back, in minor units of the currency.',
    refundPendingMinor: 'What is on its way back, or may be, in minor units of the currency.',
    refundedMinor: 'What was given back, in minor units of the currency.',
    refundStatus: 'How much of what was captured is back.',
    disputeStatus: 'The most serious of its disputes.',
    reason: "Why it was canceled or failed, in the provider's or our words.",
    orderReference: 'Your own reference; only one live payment may have it.',
    customerId: 'The customer who pays.',
    subscriptionId: 'The subscription whose charge it is.',
    description: 'What the payer pays for.',
    metadata: texts.metadata,
    flags: texts.flags,
    operation: texts.operation,
    failure: 'The same as `lastError` without its message; use that one.',
    lastError: 'Why the last attempt to pay or to capture did not work, until the next attempt.',
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
    declineCode: "The bank's code, where the provider tells it.",
  }),
  describeObject(schema.lastError, 'Why an attempt did not work.', {
    code: 'A code for the merchant.',
    declineCode: "The bank's code, where the provider tells it.",
    message: 'A text for the payer.',
  }),
  describeObject(schema.clientSecretSchema, "What a payer's browser needs to pay; kept nowhere.", {
    paymentId: texts.paymentId,
    clientSecret: "Lets the payer's browser confirm at Stripe. A secret of this payer.",
    nextAction: 'What the payer has to do next.',
  }),
  describeObject(schema.operationView, 'The latest operation of a payment.', {
    kind: 'What was asked of the provider.',
    status: 'What became of it.',
    nextCheckAt: 'When the provider is asked next for an outcome that is open.',
  }),
  describeObject(schema.paymentListSchema, 'A page of payments, newest first.', {
    payments: 'The payments of the page.',
    cursor: texts.cursor,
  }),
  describeObject(schema.transactionSchema, "One entry of a payment's append-only log.", {
    id: 'The payment and the version, with a colon between.',
    version: 'The version of the payment that it led to.',
    from: 'The status before; null in the first entry.',
    to: 'The status after.',
    operation: 'What it is about.',
    refundId: 'The refund that it is about.',
    disputeId: "The dispute that it is about, by the provider's id.",
    delta: 'What changed, by member.',
    cause: 'What led to it.',
    actor: 'Who called, or which part of the platform acted.',
    requestId: 'The request that it came from.',
    at: 'When it happened.',
  }),
  describeObject(schema.loggedOperation, 'What a log entry is about, and where that stood.', {
    kind: 'An operation, a refund, a dispute or a reversal.',
    status: 'Where it stood.',
  }),
  describeObject(schema.causeView, 'What led to a change.', {
    kind: 'Which way it came in.',
    id: "The request, or the provider's event.",
  }),
  describeObject(schema.transactionListSchema, "A page of a payment's log, oldest first.", {
    transactions: 'The entries of the page.',
    cursor: texts.cursor,
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
      captureMethod: 'When the money is taken; automatic when left out.',
      customerId: 'The customer who pays.',
      paymentMethodId: "The provider's token of a payment method, or a saved one of the customer.",
      confirm: 'Whether to charge the method at once, without the payer.',
      orderReference: 'Your own reference; a second live payment with it is refused.',
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
      customerId: 'Only payments of this customer; read strongly, where other lists may be a moment behind.',
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
            version: 1,
            from: null,
            to: 'initiating',
            operation: { kind: 'create', status: 'requested' },
            delta: {},
            cause: { kind: 'api', id: '0e55f3a0-eafb-4a79-9cb9-1e6ef639da96' },
            actor: 'developer',
            requestId: '0e55f3a0-eafb-4a79-9cb9-1e6ef639da96',
            at: payment.createdAt,
          },
        ],
        cursor: null,
      },
    },
  ),
  describeOperation(
    capturePayment,
    {
      id: texts.paymentId,
      amount: `${texts.giveAmount} All that is capturable when left out.`,
      amountMinor: texts.giveAmountMinor,
      final: 'False keeps the rest held for further captures, where the provider can.',
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
    { id: texts.paymentId, reason: 'Why.' },
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
