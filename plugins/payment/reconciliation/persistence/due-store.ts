import type { Payment } from '../../payments/model/payment.ts';

/** Something that waits to be looked at. */
export interface DueItem {
  readonly kind: 'payment' | 'customer' | 'subscription';
  readonly id: string;
}

/** How far a job has come, so that its next run carries on there. */
export interface JobRecord {
  readonly version: number;
  readonly state: Readonly<Record<string, string>>;
}

/** The counter of one allowance on one day. */
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

/** What the reconciler finds its work by. `due` is eventually consistent: what it finds must be read again. */
export interface DueStore {
  readonly shards: number;
  /** What is due by then (ISO 8601) in one of the partitions, the longest waiting first. */
  due(shard: number, until: string, limit: number): Promise<readonly DueItem[]>;
  /** Plans another look at a payment that has not changed. */
  postpone(before: Payment, after: Payment): Promise<'committed' | 'stale'>;
  /** All counters of a day, `20261124`. */
  limitCounters(day: string): Promise<readonly LimitCounter[]>;
  job(name: string): Promise<JobRecord | undefined>;
  /** @returns false when another run was faster */
  saveJob(name: string, before: JobRecord | undefined, state: JobRecord['state']): Promise<boolean>;
}
