import { type ApiDocs, describeObject, describeOperation } from '#runtime/contract/docs.ts';
import { getPoints, loyaltyPoints } from './operations/get-points.ts';
import { listStatements, statement, statementList } from './operations/list-statements.ts';
import { redeemPoints, redemption } from './operations/redeem-points.ts';

const examplePayment = 'pay_01m8k82gh7zh9gn14z1q3bsqey';

/** What the OpenAPI document and the GraphQL schema say beside types. No function imports it. */
export const docs: ApiDocs = {
  schemas: [
    describeObject(loyaltyPoints, 'The account of a tenant.', {
      points: 'What it has; below zero when it owes some.',
    }),
    describeObject(statement, 'What happened in a month: the changes add up from opening to closing.', {
      month: 'The month, in UTC.',
      opening: 'Points at its beginning.',
      earned: 'Earned by payments.',
      takenBack: 'Taken back with refunds, so below zero; what a failed refund returned is counted here too.',
      redeemed: 'Redeemed, so below zero.',
      closing: 'Points at its end.',
    }),
    describeObject(statementList, 'The statements of a tenant.', { statements: 'The newest first.' }),
    describeObject(redemption, 'Points that became a voucher.', {
      id: 'Of the redemption.',
      points: 'How many were redeemed.',
      paymentId: 'The payment that the voucher is for.',
      voucher: 'The code, signed.',
    }),
  ],
  operations: [
    describeOperation(getPoints, {}, { input: {}, output: { points: 120 } }),
    describeOperation(
      listStatements,
      { limit: 'How many to answer with, at most 100; 12 when left out.' },
      {
        input: { limit: 12 },
        output: {
          statements: [
            { month: '2026-11', opening: 20, earned: 150, takenBack: -30, redeemed: -20, closing: 120 },
          ],
        },
      },
    ),
    describeOperation(
      redeemPoints,
      { points: 'How many to redeem.', paymentId: 'A payment of the tenant that succeeded.' },
      {
        input: { points: 20, paymentId: examplePayment },
        output: {
          id: 'rdm_0b9f6c2e4d8a41b7a3c5e7f901234567',
          points: 20,
          paymentId: examplePayment,
          voucher: 'rdm_0b9f6c2e4d8a41b7a3c5e7f901234567.8Jc0mT2fVwq1Zx5yLr9d',
        },
      },
    ),
  ],
};
