import { definePlugin } from '#runtime/contract/plugin.ts';
import { paymentConfig } from './config.ts';
import { attachPaymentMethod } from './operations/attach-payment-method.ts';
import { cancelPayment } from './operations/cancel-payment.ts';
import { cancelSubscription } from './operations/cancel-subscription.ts';
import { capturePayment } from './operations/capture-payment.ts';
import { confirmPayment } from './operations/confirm-payment.ts';
import { createCustomer } from './operations/create-customer.ts';
import { createRefund } from './operations/create-refund.ts';
import { listDisputes } from './operations/list-disputes.ts';
import { listRefunds } from './operations/list-refunds.ts';
import { createPayment } from './operations/create-payment.ts';
import { createPaymentClientSecret } from './operations/create-payment-client-secret.ts';
import { createSubscription } from './operations/create-subscription.ts';
import { deleteCustomer } from './operations/delete-customer.ts';
import { detachPaymentMethod } from './operations/detach-payment-method.ts';
import { getCustomer } from './operations/get-customer.ts';
import { getSubscription } from './operations/get-subscription.ts';
import { getPayment } from './operations/get-payment.ts';
import { getPaymentWebhook } from './operations/get-payment-webhook.ts';
import { handlePaymentWebhook } from './operations/handle-payment-webhook.ts';
import { listPaymentMethods } from './operations/list-payment-methods.ts';
import { listPayments } from './operations/list-payments.ts';
import { listTransactions } from './operations/list-transactions.ts';
import { replayPaymentWebhook } from './operations/replay-payment-webhook.ts';
import { resumeSubscription } from './operations/resume-subscription.ts';
import { updateCustomer } from './operations/update-customer.ts';
import { verifyPayment } from './operations/verify-payment.ts';
import manifest from './plugin.json' with { type: 'json' };
import { createServices } from './services.ts';

/** Payments behind one API; the manifest says where each operation is reached. */
export const plugin = definePlugin({
  manifest,
  config: paymentConfig,
  initialize: (config, environment) => createServices(config, environment),
  health: ({ health }) => health.check(),
  operations: {
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
  },
});
