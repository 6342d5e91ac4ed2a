import type { EventContract } from './contract.ts';
import * as customer from './customer.ts';
import * as dispute from './dispute.ts';
import * as errors from './errors.ts';
import * as loyalty from './loyalty.ts';
import * as notices from './notices.ts';
import * as payment from './payment.ts';
import * as refund from './refund.ts';
import * as subscription from './subscription.ts';

export * from './contract.ts';
export * from './customer.ts';
export * from './dispute.ts';
export * from './errors.ts';
export * from './loyalty.ts';
export * from './notices.ts';
export * from './payment.ts';
export * from './refund.ts';
export * from './subscription.ts';

/** Every event that crosses our boundary. A type that a manifest publishes must be here. */
export const catalog: readonly EventContract<unknown>[] = [
  payment.paymentCreated,
  payment.paymentRequiresAction,
  payment.paymentApproved,
  payment.paymentProcessing,
  payment.paymentAuthorized,
  payment.paymentPartiallyCaptured,
  payment.paymentSucceeded,
  payment.paymentCanceled,
  payment.paymentFailed,
  payment.paymentAttemptFailed,
  payment.paymentInDoubt,
  payment.paymentLateSuccess,
  payment.paymentMismatch,
  payment.paymentAuthorizationExpiring,
  payment.paymentNeedsReview,
  payment.fraudWarning,
  refund.refundPending,
  refund.refundSucceeded,
  refund.refundFailed,
  refund.refundCanceled,
  dispute.disputeOpened,
  dispute.disputeUpdated,
  dispute.disputeClosed,
  dispute.paymentReversed,
  customer.customerCreated,
  customer.customerUpdated,
  customer.customerDeleted,
  customer.paymentMethodAttached,
  customer.paymentMethodUpdated,
  customer.paymentMethodDetached,
  subscription.subscriptionCreated,
  subscription.subscriptionActivated,
  subscription.subscriptionUpdated,
  subscription.subscriptionRenewed,
  subscription.subscriptionPaused,
  subscription.subscriptionResumed,
  subscription.subscriptionRecovered,
  subscription.subscriptionPastDue,
  subscription.subscriptionCanceling,
  subscription.subscriptionCanceled,
  subscription.subscriptionExpired,
  notices.paymentWebhook,
  notices.webhookRejected,
  notices.providerHealthChanged,
  notices.limitExceeded,
  notices.reconciliationMismatch,
  notices.reconciliationCompleted,
  loyalty.loyaltyStatementIssued,
  errors.pluginError,
];
