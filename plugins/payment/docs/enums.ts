import { describeEnum, type SchemaDocs } from '#runtime/contract/docs.ts';
import * as enums from '../api/enums.ts';

const operationStatuses = {
  requested: 'Written down; the provider is being asked, or will be.',
  succeeded: 'The provider did it.',
  failed: 'The provider refused it.',
  in_doubt: 'The answer was lost; the provider is asked what became of it.',
} as const;

const disputeStatuses = {
  inquiry: 'A question before a dispute; no money has moved.',
  open: 'The money is disputed; evidence may be given.',
  under_review: 'Evidence was given and is looked at.',
  won: 'The money stays.',
  lost: 'The money is gone.',
} as const;

const reasons = {
  duplicate: 'It was made twice.',
  fraudulent: 'It looks like fraud.',
  requested_by_customer: 'The customer asked for it.',
} as const;

/** What the values of all closed sets mean. */
export const enumDocs: readonly SchemaDocs[] = [
  describeEnum(enums.providerName, 'A payment provider.', { stripe: 'Stripe.', paypal: 'PayPal.' }),
  describeEnum(enums.paymentStatus, 'Where the money of a payment stands.', {
    initiating: 'Written down; the provider has not confirmed it yet.',
    requires_action: 'Waits for the payer.',
    approved: 'The payer agreed; the money is not taken yet.',
    processing: 'The provider is at it; the outcome comes later.',
    authorized: 'The money is held and waits to be captured.',
    partially_captured: 'A part was captured; the rest is still held.',
    succeeded: 'The money was taken.',
    canceled: 'Ended without money.',
    failed: 'Refused for good.',
  }),
  describeEnum(enums.captureMethod, 'When the money is taken.', {
    automatic: 'As soon as the payer has agreed.',
    manual: 'Held first, taken by a capture.',
  }),
  describeEnum(enums.cancelReason, 'Why a payment is canceled.', {
    ...reasons,
    abandoned: 'The payer did not come back.',
  }),
  describeEnum(enums.refundReason, 'Why money is given back.', reasons),
  describeEnum(enums.refundStatus, 'Where a refund stands.', {
    requested: operationStatuses.requested,
    in_doubt: operationStatuses.in_doubt,
    pending: 'On its way.',
    requires_action: 'Waits for somebody at the provider.',
    succeeded: 'The money is back.',
    failed: 'The money could not be given back.',
    canceled: 'Called off before money moved.',
  }),
  describeEnum(enums.refundOrigin, 'Who made a refund.', {
    api: 'A call of this API.',
    provider: 'Made at the provider, as in its dashboard.',
  }),
  describeEnum(enums.disputeStatus, 'Where a dispute stands.', {
    ...disputeStatuses,
    closed: 'Ended without a winner.',
  }),
  describeEnum(enums.disputeKind, 'How money is asked back.', {
    dispute: "Through the payer's bank or the provider.",
    reversal: 'Taken back by the provider at once.',
  }),
  describeEnum(enums.paymentRefundStatus, 'How much of what was captured is back.', {
    none: 'Nothing.',
    partial: 'A part.',
    full: 'All of it.',
  }),
  describeEnum(enums.paymentDisputeStatus, 'The most serious of the disputes of a payment.', {
    none: 'There is no dispute.',
    ...disputeStatuses,
  }),
  describeEnum(enums.customerStatus, 'Where a customer stands.', {
    initiating: 'Written down; the provider has not confirmed it yet.',
    active: 'Can pay and have payment methods.',
    failed: 'The provider refused it.',
    deleted: 'Gone, here or at the provider.',
  }),
  describeEnum(enums.methodStatus, 'Where a saved payment method stands.', {
    initiating: 'Written down; the provider has not confirmed it yet.',
    requires_action: 'Waits for the payer to approve it.',
    active: 'Can be charged.',
    failed: 'The provider refused it.',
    detached: 'Taken away.',
  }),
  describeEnum(enums.subscriptionStatus, 'Where a subscription stands.', {
    initiating: 'Written down; the provider has not confirmed it yet.',
    incomplete: 'Waits for its first payment, or for the payer to approve.',
    trialing: 'Runs without a charge for a while.',
    active: 'Runs, and is paid for.',
    past_due: 'A charge failed; the provider tries again.',
    unpaid: 'Charges failed for good; it stands still.',
    paused: 'Stands still until it is resumed.',
    canceling: 'Ends with the period that is paid for.',
    canceled: 'Ended.',
    expired: 'Its first payment did not come in time.',
    failed: 'The provider refused it.',
  }),
  describeEnum(enums.operationKind, 'What was asked of the provider about a payment.', {
    create: 'To create it.',
    confirm: 'To pay with a method, from the server.',
    authorize: 'To hold the money.',
    capture: 'To take the money.',
    cancel: 'To cancel it, or to let the rest go.',
  }),
  describeEnum(enums.operationStatus, 'What became of a call to the provider.', operationStatuses),
  describeEnum(enums.callKind, 'What was asked of the provider.', {
    create: 'To create it.',
    update: 'To change it.',
    delete: 'To delete it.',
    resume: 'To let it go on.',
    attach: 'To save a payment method.',
    detach: 'To take a payment method away.',
    cancel: 'To end it.',
  }),
  describeEnum(enums.transactionKind, 'What a log entry is about.', {
    create: 'The creation.',
    confirm: 'An attempt to pay with a method, from the server.',
    authorize: 'Money that is held.',
    capture: 'Money that is taken.',
    cancel: 'The cancellation.',
    refund: 'A refund.',
    dispute: 'A dispute.',
    reversal: 'A reversal by the provider.',
  }),
  describeEnum(enums.transactionStatus, 'Where what a log entry is about stood.', {
    ...disputeStatuses,
    closed: 'A dispute ended without a winner.',
    ...operationStatuses,
    pending: 'A refund is on its way.',
    requires_action: 'A refund waits for somebody at the provider.',
    canceled: 'A refund was called off.',
  }),
  describeEnum(enums.causeKind, 'What led to a change.', {
    api: 'A call of this API.',
    webhook: "A provider's webhook.",
    reconciler: 'The reconciler, which asks the provider by itself.',
  }),
  describeEnum(enums.webhookOutcome, 'What became of an event of a provider.', {
    processed: 'It was applied.',
    duplicate: 'It had come before.',
    ignored: 'It is about nothing of ours.',
  }),
  describeEnum(enums.webhookState, 'Where an event of a provider stands.', {
    processed: 'It was applied, or there was nothing to do.',
    failed: 'It could not be applied; the provider delivers it again.',
    parked: 'It was given up after several tries; replay it after a fix.',
  }),
];
