import type { EventEnvelope } from '#events/catalog/index.ts';
import type { ProviderEvent } from '../providers/event.ts';

/** A verified event of a provider; once it is processed, another delivery with this id is a duplicate. */
export interface InboxEntry {
  readonly provider: string;
  readonly eventId: string;
  readonly type: string;
  /** The id of the provider's object; empty when it names none. */
  readonly ref: string;
  /** The parsed event, for a replay. */
  readonly event: ProviderEvent;
  /** The delivered body, redacted, compressed and encrypted; absent without a delivery, or when it is too large. */
  readonly body?: Uint8Array | undefined;
  /** The event that is published with the first write of the record. */
  readonly envelope: EventEnvelope<unknown>;
}

/** `FAILED`: will be delivered again; `PARKED`: failed too often, and waits for a replay. */
export type InboxState = 'PROCESSED' | 'FAILED' | 'PARKED';

export interface InboxRecord {
  readonly state: InboxState;
  readonly type: string;
  readonly ref: string;
  readonly event: ProviderEvent;
  /** How often applying it failed. */
  readonly attempts: number;
  /** ISO 8601. */
  readonly receivedAt: string;
  /** Earlier releases stored base64 of a body that is not compressed. */
  readonly body?: Uint8Array | string | undefined;
}

/** The records of the providers' events. Every read is strongly consistent. */
export interface InboxStore {
  /** Marks an event as processed. @returns false when it was before */
  receive(entry: InboxEntry): Promise<boolean>;
  /**
   * Counts a failed attempt.
   * @returns the number of attempts and the time of the first one; undefined when the event is processed
   */
  countFailure(entry: InboxEntry): Promise<Pick<InboxRecord, 'attempts' | 'receivedAt'> | undefined>;
  /**
   * Parks an event after too many attempts, until it is replayed.
   * @returns false when another delivery has processed it meanwhile
   */
  park(provider: string, eventId: string): Promise<boolean>;
  /** Reopens a processed or parked event, and resets its attempts. @returns false when it is unknown */
  reopen(provider: string, eventId: string): Promise<boolean>;
  received(provider: string, eventId: string): Promise<InboxRecord | undefined>;
  /** Publishes an event that belongs to no aggregate; another one with the same id is dropped. */
  notice(envelope: EventEnvelope<unknown>): Promise<void>;
}
