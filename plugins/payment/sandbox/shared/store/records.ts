/** A job for a time of the sandbox's clock (epoch milliseconds). */
export interface JobRecord {
  readonly dueAtMs: number;
}

/** An event as its webhook carries it. */
export interface EventRecord {
  readonly id: string;
}

/** One try to hand a webhook over; `status` is absent when no answer came. */
export interface DeliveryAttempt {
  readonly at: string;
  readonly status?: number;
  readonly error?: string;
  readonly durationMs: number;
  readonly tampered: boolean;
}

export type DeliveryState = 'pending' | 'held' | 'dropped' | 'delivered' | 'failed';

/** One webhook on its way; `nextAttemptAtMs` is real time, not the sandbox's clock. */
export interface DeliveryRecord {
  readonly id: string;
  readonly event: string;
  readonly type: string;
  readonly object: string;
  readonly state: DeliveryState;
  readonly nextAttemptAtMs: number;
  readonly attempts: readonly DeliveryAttempt[];
}

/** One line of the request log; bodies and queries are left out on purpose. */
interface RequestRecord {
  readonly id: string;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly idempotencyKey: string | null;
  readonly status: number | null;
  readonly replayed: boolean;
  readonly fault: boolean;
}

/** A failure ordered by a tester; the README gives the meaning of each field. */
export interface FaultRecord {
  readonly method?: string;
  readonly path?: string;
  /** Left out: until it is deleted. */
  readonly times?: number | undefined;
  /** The share of fitting requests that it strikes, at random; left out for all of them. */
  readonly share?: number | undefined;
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs: number;
  readonly reset: boolean;
  readonly after: boolean;
}

export const WEBHOOK_MODES = ['auto', 'hold', 'drop', 'duplicate', 'reverse', 'tamper'] as const;
type WebhookMode = (typeof WEBHOOK_MODES)[number];

/** How webhooks are sent; `delayMs` is the wait before the first attempt. */
export interface WebhookSettings {
  readonly mode: WebhookMode;
  readonly delayMs: number;
}

/** The kinds of record that every sandbox keeps. */
export interface CoreRecords {
  readonly event: EventRecord;
  readonly job: JobRecord;
  readonly delivery: DeliveryRecord;
  readonly request: RequestRecord;
  readonly fault: FaultRecord;
  readonly webhookSettings: WebhookSettings;
  readonly clockOffsetMs: number;
}
