import type { AuditEntry, AuditHead } from '../model/audit-entry.ts';

/** The audit of each tenant. Every read is strongly consistent. */
export interface AuditStore {
  head(tenant: string): Promise<AuditHead | undefined>;
  /**
   * Adds an entry, on condition that its tenant's newest one is still the one that it follows.
   * @returns false when it is not, and nothing was written
   */
  append(entry: AuditEntry): Promise<boolean>;
  /** Entries above a version, oldest first. */
  list(tenant: string, limit: number, afterVersion: number): Promise<readonly AuditEntry[]>;
}
