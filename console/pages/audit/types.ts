/** Who changed the state or the configuration of a plugin, as `GET /plugins/{name}/audit` answers. */
export interface PluginAuditEntry {
  readonly version: number;
  readonly action: string;
  readonly at: string;
  readonly by: string;
  readonly tenant?: string;
  readonly requestId: string;
  readonly sourceIp?: string;
  readonly calledBy?: string;
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
  readonly reason?: string;
}

export interface PluginAuditPage {
  readonly entries: readonly PluginAuditEntry[];
  /** Entries of lower versions are on the next page. */
  readonly next?: number;
}

/** What somebody did to money beyond the log of a payment, as `GET /payments/audit` answers. */
export interface PaymentAuditEntry {
  readonly version: number;
  readonly action: string;
  readonly at: string;
  /** What it was done to. */
  readonly subject: string;
  /** Who did it. */
  readonly actor: string;
  readonly requestId: string;
  readonly source?: { readonly ip?: string; readonly calledBy?: string };
}

export interface PaymentAuditPage {
  readonly entries: readonly PaymentAuditEntry[];
  readonly cursor: string | null;
}
