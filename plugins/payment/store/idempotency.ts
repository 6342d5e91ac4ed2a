/** The key of an idempotency record: tenant, principal and key, not the route. */
export interface IdempotencyKey {
  readonly tenant: string;
  readonly subject: string;
  readonly key: string;
}

/** A stored response, without client secret and without members of one request only. */
export type StoredAnswer =
  | { readonly kind: 'reply'; readonly status: number; readonly body: unknown }
  | {
      readonly kind: 'problem';
      readonly code: string;
      readonly detail?: string | undefined;
      readonly extensions?: Readonly<Record<string, unknown>> | undefined;
    };

/** The aggregate that a call with a key changes. */
export interface Subject {
  readonly type: 'payment' | 'customer' | 'subscription';
  readonly id: string;
}

/** The record of an idempotency key. Without `answer` the first call is running, has crashed, or ended in doubt. */
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
  /** The fingerprint of the same request as an earlier release computed it. */
  readonly formerFingerprint: string;
  readonly lockUntil: number;
}

/**
 * What the record of a call becomes: answered, open until the outcome is known, or released for a new try because
 * nothing happened.
 */
export type IdempotencyOutcome = IdempotencyKey & { readonly operationId: string } & (
    | { readonly kind: 'answered'; readonly answer: StoredAnswer }
    | { readonly kind: 'in_doubt' }
    | { readonly kind: 'released' }
  );

/** A record whose lock moves from `was`, the value that was read, to `lockUntil`. Epoch milliseconds. */
export interface IdempotencyRelock {
  readonly key: IdempotencyKey;
  readonly was: number;
  readonly lockUntil: number;
}
