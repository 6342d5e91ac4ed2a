import * as z from 'zod/mini';
import { callSource, chainHead, timestamp } from '../api/schemas.ts';
import { auditedAction } from '../api/enums.ts';

export const auditEntrySchema = z.object({
  version: z.int(),
  tenant: z.string(),
  action: auditedAction,
  subject: z.string(),
  actor: z.string(),
  source: z.optional(callSource),
  requestId: z.string(),
  at: timestamp,
  previousHash: z.optional(z.string()),
  hash: z.string(),
});
auditEntrySchema.register(z.globalRegistry, { id: 'PaymentAuditEntry' });

export const auditListSchema = z.object({
  entries: z.array(auditEntrySchema),
  cursor: z.nullable(z.string()),
  head: z.optional(chainHead),
});
auditListSchema.register(z.globalRegistry, { id: 'PaymentAudit' });
export type AuditList = z.infer<typeof auditListSchema>;
