import type { CallSource } from '#runtime/contract/operation.ts';
import type { ChainLink } from '#runtime/hash-chain.ts';

/** What people do to money that stands in the log of no payment, or not always. */
export const auditedActions = ['customer_delete', 'payment_verify', 'webhook_replay'] as const;
export type AuditedAction = (typeof auditedActions)[number];

/** One line of a tenant's append-only audit, written before the action. */
export interface AuditEntry extends ChainLink {
  /** Counts 1, 2, 3, ... for the tenant, without a gap. */
  readonly version: number;
  readonly tenant: string;
  readonly action: AuditedAction;
  /** The id of the customer or payment; the provider and its event, with a colon between. */
  readonly subject: string;
  readonly actor: string;
  readonly source?: CallSource | undefined;
  readonly requestId: string;
  /** ISO 8601. */
  readonly at: string;
}

/** What the newest entry has to be. */
export type AuditHead = Pick<AuditEntry, 'version' | 'hash'>;
