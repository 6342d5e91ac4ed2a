import { listPaymentAudit } from './audit/list-payment-audit.ts';
import { attachPaymentMethod } from './customers/attach-payment-method.ts';
import { cancelPayment } from './payments/cancel-payment.ts';
import { cancelSubscription } from './subscriptions/cancel-subscription.ts';
import { capturePayment } from './payments/capture-payment.ts';
import { confirmPayment } from './payments/confirm-payment.ts';
import { createCustomer } from './customers/create-customer.ts';
import { createRefund } from './refunds/create-refund.ts';
import { listDisputes } from './disputes/list-disputes.ts';
import { listRefunds } from './refunds/list-refunds.ts';
import { createPayment } from './payments/create-payment.ts';
import { createPaymentClientSecret } from './payments/create-payment-client-secret.ts';
import { createSubscription } from './subscriptions/create-subscription.ts';
import { deleteCustomer } from './customers/delete-customer.ts';
import { detachPaymentMethod } from './customers/detach-payment-method.ts';
import { getCustomer } from './customers/get-customer.ts';
import { getSubscription } from './subscriptions/get-subscription.ts';
import { getPayment } from './payments/get-payment.ts';
import { getPaymentWebhook } from './webhooks/get-payment-webhook.ts';
import { handlePaymentWebhook } from './webhooks/handle-payment-webhook.ts';
import { listPaymentMethods } from './customers/list-payment-methods.ts';
import { listPayments } from './payments/list-payments.ts';
import { listTransactions } from './payments/list-transactions.ts';
import { replayPaymentWebhook } from './webhooks/replay-payment-webhook.ts';
import { resumeSubscription } from './subscriptions/resume-subscription.ts';
import { updateCustomer } from './customers/update-customer.ts';
import { verifyPayment } from './reconciliation/verify-payment.ts';

/** Every operation of the plugin: the function `api` serves them, and no other function loads them. */
export const operations = {
  createPayment,
  getPayment,
  listPayments,
  listTransactions,
  confirmPayment,
  capturePayment,
  cancelPayment,
  verifyPayment,
  createPaymentClientSecret,
  createRefund,
  listRefunds,
  listDisputes,
  createCustomer,
  getCustomer,
  updateCustomer,
  deleteCustomer,
  attachPaymentMethod,
  listPaymentMethods,
  detachPaymentMethod,
  createSubscription,
  getSubscription,
  cancelSubscription,
  resumeSubscription,
  handlePaymentWebhook,
  getPaymentWebhook,
  replayPaymentWebhook,
  listPaymentAudit,
};
