import type { ApiDocs } from '#runtime/contract/docs.ts';
import * as audit from './docs/audit.ts';
import * as config from './docs/config.ts';
import * as customers from './docs/customers.ts';
import { enumDocs } from './docs/enums.ts';
import * as refundsAndDisputes from './docs/refunds-and-disputes.ts';
import * as payments from './docs/payments.ts';
import * as subscriptions from './docs/subscriptions.ts';
import * as webhooks from './docs/webhooks.ts';

/** Descriptions for the OpenAPI document and the GraphQL schema. No function imports it. */
export const docs: ApiDocs = {
  schemas: [
    ...enumDocs,
    ...config.schemas,
    ...payments.schemas,
    ...refundsAndDisputes.schemas,
    ...customers.schemas,
    ...subscriptions.schemas,
    ...webhooks.schemas,
    ...audit.schemas,
  ],
  operations: [
    ...payments.operations,
    ...refundsAndDisputes.operations,
    ...customers.operations,
    ...subscriptions.operations,
    ...webhooks.operations,
    ...audit.operations,
  ],
};
