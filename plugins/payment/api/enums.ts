import { auditedActions } from '../audit/model/audit-entry.ts';
import { subscriptionStatus as subscriptionStatuses } from '#events/catalog/subscription.ts';
import * as z from 'zod/mini';
import { customerStatuses, methodStatuses } from '../customers/model/customer.ts';
import { disputeStatuses } from '../disputes/model/dispute-snapshot.ts';
import { refundStatuses } from '../refunds/model/refund-snapshot.ts';
import { paymentStatuses } from '../payments/model/state.ts';
import { providerNames } from '../providers/provider-call.ts';

/** A closed set with the name that it has in the OpenAPI document and the GraphQL schema. */
function named<const T extends readonly string[]>(id: string, values: T) {
  const set = z.enum(values);
  set.register(z.globalRegistry, { id });
  return set;
}

export const providerName = named('PaymentProvider', providerNames);
export const paymentStatus = named('PaymentStatus', paymentStatuses);
export const captureMethod = named('CaptureMethod', ['automatic', 'manual']);
export const cancelReason = named('CancelReason', [
  'duplicate',
  'fraudulent',
  'requested_by_customer',
  'abandoned',
]);
export const refundReason = named('RefundReason', ['duplicate', 'fraudulent', 'requested_by_customer']);
export const refundStatus = named('RefundStatus', refundStatuses);
export const refundOrigin = named('RefundOrigin', ['api', 'provider']);
export const disputeStatus = named('DisputeStatus', disputeStatuses);
export const disputeKind = named('DisputeKind', ['dispute', 'reversal']);
export const paymentRefundStatus = named('PaymentRefundStatus', ['none', 'partial', 'full']);
export const paymentDisputeStatus = named('PaymentDisputeStatus', [
  'none',
  'inquiry',
  'open',
  'under_review',
  'won',
  'lost',
]);
export const customerStatus = named('CustomerStatus', customerStatuses);
export const methodStatus = named('PaymentMethodStatus', methodStatuses);
export const subscriptionStatus = named('SubscriptionStatus', subscriptionStatuses.options);
export const operationKind = named('PaymentOperationKind', [
  'create',
  'confirm',
  'authorize',
  'capture',
  'cancel',
]);
export const operationStatus = named('OperationStatus', ['requested', 'succeeded', 'failed', 'in_doubt']);
export const callKind = named('ProviderCallKind', [
  'create',
  'update',
  'delete',
  'attach',
  'detach',
  'cancel',
  'resume',
]);
export const transactionKind = named('TransactionOperationKind', [
  'create',
  'confirm',
  'authorize',
  'capture',
  'cancel',
  'refund',
  'dispute',
  'reversal',
]);
/** The status of an operation, a refund, a dispute or a reversal that a log entry records. */
export const transactionStatus = named('TransactionOperationStatus', [
  ...new Set([...operationStatus.options, ...refundStatuses, ...disputeStatuses] as const),
]);
export const causeKind = named('TransactionCauseKind', ['api', 'webhook', 'reconciler']);
export const webhookOutcome = named('WebhookOutcome', ['processed', 'duplicate', 'ignored']);
export const webhookState = named('WebhookState', ['processed', 'failed', 'parked']);
export const auditedAction = named('PaymentAuditAction', auditedActions);
