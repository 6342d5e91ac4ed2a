import { describeObject, describeOperation } from '#runtime/contract/docs.ts';
import { createRefund } from '../refunds/create-refund.ts';
import { listDisputes } from '../disputes/list-disputes.ts';
import { listRefunds } from '../refunds/list-refunds.ts';
import * as view from '../refunds/refund-schema.ts';
import { dispute, payment, refund } from './examples.ts';
import { texts } from './texts.ts';

const { id } = payment;

export const schemas = [
  describeObject(view.refundSchema, 'A refund of a payment.', {
    id: 'Our id, `rf_...`.',
    paymentId: texts.paymentId,
    status: 'Its status.',
    amount: texts.amountMajor,
    amountMinor: texts.amountMinor,
    refundedMinor:
      'The refunded amount, in minor units of the currency; less than the amount where the refund of one of several captures failed.',
    currency: texts.currency,
    reason: 'The reason.',
    origin: 'Where it was made.',
    providerRefs: "The provider's ids: one, or one per capture.",
    failure: 'Why it failed.',
    createdAt: texts.createdAt,
    updatedAt: texts.updatedAt,
  }),
  describeObject(view.refundFailure, 'Why a refund failed.', { code: "The provider's code." }),
  describeObject(view.refundListSchema, 'The refunds of a payment.', { refunds: 'Oldest first.' }),
  describeObject(view.disputeSchema, 'A dispute or reversal of a payment.', {
    id: "The provider's id.",
    paymentId: texts.paymentId,
    kind: 'Whether it is a dispute or a reversal.',
    status: 'Its status.',
    stage: "The provider's stage, where it names one.",
    reason: "The payer's reason, by the provider's code.",
    amount: texts.amountMajor,
    amountMinor: texts.amountMinor,
    currency: texts.currency,
    dueBy: 'When the time to submit evidence ends.',
    refundBlocked: 'Whether refunds of the payment are refused while it is open.',
    createdAt: texts.createdAt,
    updatedAt: texts.updatedAt,
  }),
  describeObject(view.disputeListSchema, 'The disputes and reversals of a payment.', {
    disputes: 'Oldest first.',
  }),
];

export const operations = [
  describeOperation(
    createRefund,
    {
      id: texts.paymentId,
      amount: `${texts.giveAmount} All that is left when left out.`,
      amountMinor: texts.giveAmountMinor,
      reason: 'The reason.',
    },
    { input: { id, amount: 30, reason: 'requested_by_customer' }, output: refund },
  ),
  describeOperation(listRefunds, { id: texts.paymentId }, { input: { id }, output: { refunds: [refund] } }),
  describeOperation(
    listDisputes,
    { id: texts.paymentId },
    { input: { id }, output: { disputes: [dispute] } },
  ),
];
