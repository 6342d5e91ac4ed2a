import { describeObject, describeOperation, type ApiDocs } from '#runtime/contract/docs.ts';
import { greet, greeting } from './operations/greet.ts';

/** What the OpenAPI document and the GraphQL schema say beside types. No function imports it. */
export const docs: ApiDocs = {
  schemas: [
    describeObject(greeting, 'What is said to somebody.', {
      text: 'The words.',
      at: 'When they were said.',
    }),
  ],
  operations: [
    describeOperation(
      greet,
      { name: 'Whom to greet.' },
      {
        input: { name: 'Ada' },
        output: { text: 'Good morning, Ada!', at: '2026-11-29T08:30:04.120Z' },
      },
    ),
  ],
};
