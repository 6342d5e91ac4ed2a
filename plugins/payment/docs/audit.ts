import { describeObject, describeOperation } from '#runtime/contract/docs.ts';
import { auditEntrySchema, auditListSchema } from '../audit/audit-view.ts';
import { listPaymentAudit } from '../audit/list-payment-audit.ts';
import { texts } from './texts.ts';

const hash = 'kqRgfPgQzrUoOwWdHn3ZB3cXU3ZqXv2j0mWq2m0Q3aE';

export const schemas = [
  describeObject(auditEntrySchema, "One entry of a tenant's append-only audit.", {
    version: 'Counts 1, 2, 3, ... without a gap.',
    tenant: 'The tenant of the caller.',
    action: 'The action.',
    subject:
      'The id of the customer or payment; of a webhook the provider and its event, with a colon between.',
    actor: 'The caller.',
    source: 'From where the caller called.',
    requestId: 'The request.',
    at: 'When it was asked for.',
    previousHash: 'The hash of the entry before it; absent in the first.',
    hash: 'SHA-256 (base64url) of the canonical JSON (RFC 8785) of its other members.',
  }),
  describeObject(auditListSchema, "A page of a tenant's audit, oldest first.", {
    entries: 'The entries of the page.',
    cursor: texts.cursor,
    head: 'On the last page: the hash that the newest entry has to have.',
  }),
];

export const operations = [
  describeOperation(
    listPaymentAudit,
    { limit: `${texts.page.slice(0, -1)}; 100 when left out.`, cursor: texts.givenCursor },
    {
      input: { limit: 100 },
      output: {
        entries: [
          {
            version: 1,
            tenant: 'default',
            action: 'webhook_replay',
            subject: 'stripe:evt_1QxExample',
            actor: 'developer',
            source: { ip: '203.0.113.7' },
            requestId: '0e55f3a0-eafb-4a79-9cb9-1e6ef639da96',
            at: '2026-11-29T08:30:04.000Z',
            hash,
          },
        ],
        cursor: null,
        head: { version: 1, hash },
      },
    },
  ),
];
