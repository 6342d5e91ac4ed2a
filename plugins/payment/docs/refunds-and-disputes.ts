import { describeObject, describeOperation } from '#runtime/contract/docs.ts';
import { createRefund } from '../refunds/create-refund.ts';
import { listDisputes } from '../disputes/list-disputes.ts';
import { listRefunds } from '../refunds/list-refunds.ts';
import * as view from '../refunds/refund-view.ts';
import { dispute, payment, refund } from './examples.ts';
import { texts } from './texts.ts';

const { id } = payment;

export const schemas = [
  describeObject(view.refundSchema, 'Money that goes back to the payer.', {
    id: 'Our id, `rf_...`.',
    paymentId: texts.paymentId,
    status: 'Where it stands.',
    amount: texts.amountMajor,
    amountMinor: texts.amountMinor,
    refundedMinor:
      'How much of it is back, in minor units of the currency; less where one of several captures could not give its share.',
    currency: texts.currency,
    reason: 'Why.',
    origin: 'Who made it.',
    providerRefs: "The provider's ids: one, or one per capture.",
    failure: 'Why it failed.',
    createdAt: texts.createdAt,
    updatedAt: texts.updatedAt,
  }),
  describeObject(view.refundFailure, 'Why a refund failed.', { code: "The provider's code." }),
  describeObject(view.refundListSchema, 'The refunds of a payment.', { refunds: 'The oldest first.' }),
  describeObject(view.disputeSchema, 'Money that the payer asks back elsewhere.', {
    id: "The provider's id.",
    paymentId: texts.paymentId,
    kind: 'How the money is asked back.',
    status: 'Where it stands.',
    stage: "The provider's stage, where it names one.",
    reason: "The payer's reason, in the provider's words.",
    amount: texts.amountMajor,
    amountMinor: texts.amountMinor,
    currency: texts.currency,
    dueBy: 'Until when evidence may be given.',
    refundBlocked: 'Whether refunds of the payment are refused as long as it is open.',
    createdAt: texts.createdAt,
    updatedAt: texts.updatedAt,
  }),
  describeObject(view.disputeListSchema, 'The disputes and reversals of a payment.', {
    disputes: 'The oldest first.',
  }),
];

export const operations = [
  describeOperation(
    createRefund,
    {
      id: texts.paymentId,
      amount: `${texts.giveAmount} All that is left when left out.`,
      amountMinor: texts.giveAmountMinor,
      reason: 'Why.',
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
