import { describeEnum, type SchemaDocs } from '#runtime/contract/docs.ts';
import * as enums from '../api/enums.ts';

const operationStatuses = {
  requested: 'Recorded; the call to the provider is made now, or will be.',
  succeeded: 'The provider carried it out.',
  failed: 'The provider refused it.',
  in_doubt: "The provider's response was lost; its outcome is being looked up.",
} as const;

const disputeStatuses = {
  inquiry: 'An inquiry before a dispute; no money has moved.',
  open: 'The money is disputed; evidence can be submitted.',
  under_review: 'Evidence was submitted and is under review.',
  won: 'Decided for the merchant, who keeps the money.',
  lost: 'Decided for the payer; the merchant loses the money.',
} as const;

const reasons = {
  duplicate: 'A duplicate.',
  fraudulent: 'Suspected fraud.',
  requested_by_customer: 'Requested by the customer.',
} as const;

/** The meaning of every enum value. */
export const enumDocs: readonly SchemaDocs[] = [
  describeEnum(enums.providerName, 'A payment provider.', { stripe: 'Stripe.', paypal: 'PayPal.' }),
  describeEnum(enums.paymentStatus, 'The status of a payment.', {
    initiating: 'Recorded; the provider has not confirmed it yet.',
    requires_action: 'Waits for the payer.',
    approved: 'Approved by the payer; not captured yet.',
    processing: 'The provider is processing it; the outcome follows.',
    authorized: 'Authorized, and not captured yet.',
    partially_captured: 'Captured in part; the rest is still authorized.',
    succeeded: 'Captured.',
    canceled: 'Canceled before any money was captured.',
    failed: 'Refused; no further attempt is possible.',
  }),
  describeEnum(enums.captureMethod, 'When a payment is captured.', {
    automatic: 'As soon as the payer has approved it.',
    manual: 'Authorized first, captured by a call of its own.',
  }),
  describeEnum(enums.cancelReason, 'Why a payment is canceled.', {
    ...reasons,
    abandoned: 'Abandoned by the payer.',
  }),
  describeEnum(enums.refundReason, 'The reason for a refund.', reasons),
  describeEnum(enums.refundStatus, 'The status of a refund.', {
    requested: operationStatuses.requested,
    in_doubt: operationStatuses.in_doubt,
    pending: 'The provider is processing it.',
    requires_action: "Waits for an action in the provider's dashboard.",
    succeeded: 'Refunded.',
    failed: 'The money could not be refunded.',
    canceled: 'Canceled before money moved.',
  }),
  describeEnum(enums.refundOrigin, 'Where a refund was made.', {
    api: 'A call of this API.',
    provider: 'Made at the provider, for example in its dashboard.',
  }),
  describeEnum(enums.disputeStatus, 'The status of a dispute.', {
    ...disputeStatuses,
    closed: 'Closed without a decision.',
  }),
  describeEnum(enums.disputeKind, 'The kind of a dispute.', {
    dispute: "A dispute through the payer's bank or the provider.",
    reversal: 'A reversal: the provider debits the money without a dispute.',
  }),
  describeEnum(enums.paymentRefundStatus, 'How much of the captured amount was refunded.', {
    none: 'Nothing.',
    partial: 'A part.',
    full: 'All of it.',
  }),
  describeEnum(enums.paymentDisputeStatus, 'The most serious status among the disputes of a payment.', {
    none: 'There is no dispute.',
    ...disputeStatuses,
  }),
  describeEnum(enums.customerStatus, 'The status of a customer.', {
    initiating: 'Recorded; the provider has not confirmed it yet.',
    active: 'Can pay and have payment methods.',
    failed: 'The provider refused it.',
    deleted: 'Deleted, here or at the provider.',
  }),
  describeEnum(enums.methodStatus, 'The status of a saved payment method.', {
    initiating: 'Recorded; the provider has not confirmed it yet.',
    requires_action: 'Waits for the payer to approve it.',
    active: 'Can be charged.',
    failed: 'The provider refused it.',
    detached: 'Detached from its customer.',
  }),
  describeEnum(enums.subscriptionStatus, 'The status of a subscription.', {
    initiating: 'Recorded; the provider has not confirmed it yet.',
    incomplete: 'Waits for its first payment, or for the payer to approve.',
    trialing: 'In its trial period, without charges.',
    active: 'Active, and paid.',
    past_due: 'A charge failed; the provider retries it.',
    unpaid: 'Its charges failed and are no longer retried; it is suspended.',
    paused: 'Paused until it is resumed.',
    canceling: 'Ends with the current period.',
    canceled: 'Canceled.',
    expired: 'Its first payment was not made in time.',
    failed: 'The provider refused it.',
  }),
  describeEnum(enums.operationKind, 'The kind of an operation of a payment.', {
    create: 'The creation.',
    confirm: 'A confirmation with a payment method, from the server.',
    authorize: 'The authorization.',
    capture: 'A capture.',
    cancel: 'The cancellation, or the release of the rest.',
  }),
  describeEnum(enums.operationStatus, 'The status of a call to the provider.', operationStatuses),
  describeEnum(enums.callKind, 'The kind of a call to the provider.', {
    create: 'The creation.',
    update: 'An update.',
    delete: 'The deletion.',
    resume: 'The resumption of a subscription.',
    attach: 'The attachment of a payment method.',
    detach: 'The detachment of a payment method.',
    cancel: 'The cancellation of a subscription.',
  }),
  describeEnum(enums.transactionKind, 'The subject of a log entry.', {
    create: 'The creation.',
    confirm: 'A confirmation with a payment method, from the server.',
    authorize: 'An authorization.',
    capture: 'A capture.',
    cancel: 'The cancellation.',
    refund: 'A refund.',
    dispute: 'A dispute.',
    reversal: 'A reversal by the provider.',
  }),
  describeEnum(enums.transactionStatus, 'The status of the subject of a log entry, at that time.', {
    ...disputeStatuses,
    closed: 'A dispute was closed without a decision.',
    ...operationStatuses,
    pending: 'The provider is processing a refund.',
    requires_action: "A refund waits for an action in the provider's dashboard.",
    canceled: 'A refund was canceled.',
  }),
  describeEnum(enums.causeKind, 'The cause of a change.', {
    api: 'A call of this API.',
    webhook: "A provider's webhook.",
    reconciler: 'The reconciler, which fetches from the provider on a schedule.',
  }),
  describeEnum(enums.webhookOutcome, 'The outcome of a delivery of a provider.', {
    processed: 'It was applied.',
    duplicate: 'The event was delivered before.',
    ignored: 'The event concerns no object of this deployment.',
  }),
  describeEnum(enums.webhookState, 'The state of an event of a provider.', {
    processed: 'It was applied, or required no change.',
    failed: 'It could not be applied; the provider delivers it again.',
    parked: 'It is no longer applied by itself; replay it once the cause is fixed.',
  }),
  describeEnum(enums.auditedAction, 'What was done, or tried.', {
    customer_delete: 'The deletion of a customer.',
    payment_verify: 'The verification of a payment with its provider, by hand.',
    webhook_replay: 'The replay of an event of a provider.',
  }),
];
