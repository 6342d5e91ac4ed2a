/** Names the record of an idempotency key: tenant, principal and key, not the route. */
export interface IdempotencyKey {
  readonly tenant: string;
  readonly subject: string;
  readonly key: string;
}

/** An answer as it is kept: without client secret, and without what belongs to one request only. */
export type StoredAnswer =
  | { readonly kind: 'reply'; readonly status: number; readonly body: unknown }
  | {
      readonly kind: 'problem';
      readonly code: string;
      readonly detail?: string | undefined;
      readonly extensions?: Readonly<Record<string, unknown>> | undefined;
    };

/** What a call with a key changes: the aggregate in which its operation stands. */
export interface Subject {
  readonly type: 'payment' | 'customer' | 'subscription';
  readonly id: string;
}

/** What is known of an idempotency key. Without `answer` the first call still runs, crashed, or ended in doubt. */
export interface IdempotencyRecord {
  readonly fingerprint: string;
  readonly subject: Subject;
  readonly operationId: string;
  /** Epoch milliseconds until which the first call may still be alive. */
  readonly lockUntil: number;
  readonly answer: StoredAnswer | undefined;
}

/** The record that a call writes with its intent. */
export interface IdempotencyClaim extends IdempotencyKey {
  readonly fingerprint: string;
  /** What the record of the same request holds that an earlier version wrote. */
  readonly formerFingerprint: string;
  readonly lockUntil: number;
}

/**
 * How a call leaves its record: answered, waiting for the outcome, or free for a new try because nothing
 * happened.
 */
export type IdempotencyOutcome = IdempotencyKey & { readonly operationId: string } & (
    | { readonly kind: 'answered'; readonly answer: StoredAnswer }
    | { readonly kind: 'in_doubt' }
    | { readonly kind: 'released' }
  );

/** A record whose lock is taken over: from `was`, the lock that was read, to `lockUntil`. Epoch milliseconds. */
export interface IdempotencyRelock {
  readonly key: IdempotencyKey;
  readonly was: number;
  readonly lockUntil: number;
}
