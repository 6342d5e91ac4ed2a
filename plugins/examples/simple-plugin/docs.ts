import { describeObject, describeOperation, type ApiDocs } from '#runtime/contract/docs.ts';
import { listReceipts, receipt, receiptList } from './operations/list-receipts.ts';

/** What the OpenAPI document and the GraphQL schema say beside types. No function imports it. */
export const docs: ApiDocs = {
  schemas: [
    describeObject(receipt, 'A note that a payment succeeded.', {
      eventId: 'The event that told it.',
      paymentId: 'The payment.',
      amountMinor: 'What was paid, in minor units of the currency.',
      currency: 'ISO 4217, three letters, lower case.',
      occurredAt: 'When the payment succeeded.',
    }),
    describeObject(receiptList, 'The receipts of a tenant.', { receipts: 'The newest first.' }),
  ],
  operations: [
    describeOperation(
      listReceipts,
      { limit: 'How many to answer with, at most 100; 20 when left out.' },
      {
        input: { limit: 20 },
        output: {
          receipts: [
            {
              eventId: '01m8k8g9x2q4z7r1c5v8b3n6md',
              paymentId: 'pay_01m8k82gh7zh9gn14z1q3bsqey',
              amountMinor: 10_000,
              currency: 'usd',
              occurredAt: '2026-11-29T08:30:04.120Z',
            },
          ],
        },
      },
    ),
  ],
};
