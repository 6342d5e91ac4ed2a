/** An item that is due for a check. */
export interface DueItem {
  readonly kind: 'payment' | 'customer' | 'subscription';
  readonly id: string;
}

/** The progress of a job, from which its next run resumes. */
export interface JobRecord {
  readonly version: number;
  readonly state: Readonly<Record<string, string>>;
}

/** The counter of one limit on one day; amounts are minor units. */
export interface LimitCounter {
  readonly key: string;
  readonly tenant: string;
  readonly currency: string;
  readonly scope: string;
  /** UTC, `20261124`. */
  readonly day: string;
  readonly usedMinor: number;
  readonly count: number;
}

/**
 * The queries and records of the reconciler. `due` is eventually consistent, so what it returns must be read again.
 */
export interface DueStore {
  readonly shards: number;
  /** The items of one index partition that are due by `until` (ISO 8601), the longest overdue first. */
  due(shard: number, until: string, limit: number): Promise<readonly DueItem[]>;
  /** All counters of a day, `20261124`. */
  limitCounters(day: string): Promise<readonly LimitCounter[]>;
  job(name: string): Promise<JobRecord | undefined>;
  /** Saves the progress of a job. @returns false when another run saved before */
  saveJob(name: string, before: JobRecord | undefined, state: JobRecord['state']): Promise<boolean>;
}
