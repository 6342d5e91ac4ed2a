/** What callers of an operation noticed in one minute, or in all of them. */
export interface Traffic {
  readonly calls: number;
  readonly errors: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

export interface OperationSeries extends Traffic {
  readonly plugin: string;
  /** Null for all operations of the plugin together. */
  readonly operation: string | null;
  readonly points: readonly (Traffic & { readonly at: string })[];
}

/** `GET /dev/metrics/series`. */
export interface OperationMetrics {
  readonly from: string;
  readonly to: string;
  readonly stepSeconds: number;
  readonly operations: readonly OperationSeries[];
}
