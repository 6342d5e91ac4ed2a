/** Errors that have the same cause, as `GET /plugins/errors` answers. */
export interface ErrorGroup {
  readonly plugin: string;
  readonly fingerprint: string;
  readonly status: 'open' | 'resolved' | 'ignored';
  readonly statusBy?: string;
  readonly statusAt?: string;
  readonly operation: string;
  readonly code: string;
  readonly type: string;
  readonly message: string;
  /** Where it was thrown. */
  readonly at?: string;
  readonly count: number;
  readonly regressions: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly versions: readonly string[];
  /** One of them. */
  readonly sample: {
    readonly requestId?: string;
    readonly traceId?: string;
    readonly at?: string;
    readonly version?: string;
    readonly message?: string;
    readonly stack?: string;
  };
}

export interface ErrorPage {
  readonly errors: readonly ErrorGroup[];
  readonly cursor: string | null;
}
