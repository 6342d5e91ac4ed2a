import { describeObject } from '#runtime/contract/docs.ts';
import * as config from '../config.ts';

const daily = {
  dailyLimit: 'The largest sum of all payments of a UTC day, per currency; amounts are never converted.',
  dailyCount: 'How many payments there may be in a UTC day, per currency.',
};
const limits = {
  minAmount: 'The smallest amount of one payment, in major units of each currency alike.',
  maxAmount: 'The largest amount of one payment, in major units of each currency alike.',
  ...daily,
};
const ofCurrency = 'By lower-case code of ISO 4217, such as `usd`: goes before the general limits.';

/** What the page of the configuration and the JSON Schema of the configuration say. */
export const schemas = [
  describeObject(config.paymentConfig, 'Configuration of the payment plugin.', {
    defaultProvider: 'Used when a payment names no provider; fixed for each payment when it is created.',
    stripe: 'Keys of Stripe; without them it is not offered. One of the two providers is required.',
    paypal: 'Keys of PayPal; without them it is not offered.',
    idempotency: 'What is asked of callers.',
    features:
      'What may be started. Existing objects are not affected: their captures, webhooks and checks continue.',
    limits: 'Bounds of a payment, and allowances of a tenant.',
    lateSuccess:
      'What happens to money that arrives on a payment which had ended: reversed by the reconciler, or kept, for shops that deliver anyway.',
  }),
  describeObject(config.stripeConfig, 'Keys and settings of Stripe.', {
    secretKey: '`sk_test_...`, `sk_live_...` or a restricted key `rk_...`.',
    publishableKey: 'For front ends; of the same account and mode.',
    webhookSecret:
      'Signing secret of the webhook endpoint, `whsec_...`: one, or several while it is rotated, the newest first.',
    apiVersion: 'Pinned by the SDK when left out; another version changes the shape of answers.',
    multicapture: 'Asks for cards that can be captured in several parts; the account must be allowed to.',
    accountId:
      'The own account, for endpoints that also get events of connected accounts: those are refused.',
    returnUrl: 'Where payers return to after `confirm`, when neither the payment nor the call says so.',
    apiBase: 'Origin of a sandbox; refused unless the stage is `local`.',
  }),
  describeObject(config.paypalConfig, 'Keys and settings of PayPal.', {
    clientId: 'Client id of the app at PayPal.',
    clientSecret: 'Secret of the app at PayPal.',
    mode: "PayPal's environment: `live` moves real money.",
    webhookId:
      "PayPal's id of the webhook, a part of what it signs; the simulator's `WEBHOOK_ID` is refused in live.",
    webhookPostBack: 'Asks PayPal about deliveries whose certificate cannot be fetched or checked here.',
    webhookRoots: 'Certificates (PEM) that are trusted beside the public roots.',
    apiBase: 'Origin of a sandbox; refused unless the stage is `local`.',
  }),
  describeObject(config.idempotencyConfig, 'What is asked of callers.', {
    required: 'Every call that moves money must carry an `Idempotency-Key`.',
  }),
  describeObject(config.featuresConfig, 'What may be started.', {
    payments: 'New payments.',
    refunds: 'New refunds.',
    subscriptions: 'New subscriptions.',
    webhooks: 'Webhooks; while it is off deliveries are answered 503, so that providers deliver again later.',
    stripe: 'New payments, customers and subscriptions at Stripe.',
    paypal: 'New payments, customers and subscriptions at PayPal.',
  }),
  describeObject(config.limitsConfig, 'Bounds of a payment, and allowances of a tenant.', {
    ...limits,
    currencies: ofCurrency,
    customer: 'Allowances of each customer, beside those of the tenant.',
  }),
  describeObject(config.currencyLimitsConfig, 'Limits of one currency.', limits),
  describeObject(config.customerLimitsConfig, 'Allowances of each customer.', {
    ...daily,
    currencies: ofCurrency,
  }),
  describeObject(config.dailyLimitsConfig, 'Allowances in one currency.', daily),
];
