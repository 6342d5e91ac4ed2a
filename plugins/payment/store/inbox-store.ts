import type { EventEnvelope } from '#events/catalog/index.ts';
import type { ProviderEvent } from '../providers/event.ts';

/** A verified event of a provider; once it is dealt with, a second one with this id is a duplicate. */
export interface InboxEntry {
  readonly provider: string;
  readonly eventId: string;
  readonly type: string;
  /** The provider's object that it is about; empty when it names none. */
  readonly ref: string;
  /** What it points at, so that it can be applied again. */
  readonly event: ProviderEvent;
  /** What was delivered, redacted and sealed; absent when it was not delivered to us, or is too large. */
  readonly body?: string | undefined;
  /** What is told of it when it is written down for the first time. */
  readonly envelope: EventEnvelope<unknown>;
}

/** `FAILED`: could not be applied and will be delivered again; `PARKED`: too often, so that a person has it. */
export type InboxState = 'PROCESSED' | 'FAILED' | 'PARKED';

export interface InboxRecord {
  readonly state: InboxState;
  readonly type: string;
  readonly ref: string;
  readonly event: ProviderEvent;
  /** How often it was tried to apply it. */
  readonly attempts: number;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly body?: string | undefined;
}

/** What is remembered of the providers' events. Everything is read strongly. */
export interface InboxStore {
  /** Writes down that an event needs nothing more. @returns false when that was known before */
  receive(entry: InboxEntry): Promise<boolean>;
  /**
   * Counts an attempt that failed. @returns how many attempts there were and when the first one was, or undefined
   * when it is dealt with
   */
  countFailure(entry: InboxEntry): Promise<Pick<InboxRecord, 'attempts' | 'receivedAt'> | undefined>;
  /**
   * Gives an event up after so many attempts, until a person has it replayed.
   * @returns false when another delivery has dealt with it meanwhile
   */
  park(provider: string, eventId: string): Promise<boolean>;
  /** Forgets that an event is dealt with, and how often it failed. @returns false when it is not known */
  reopen(provider: string, eventId: string): Promise<boolean>;
  received(provider: string, eventId: string): Promise<InboxRecord | undefined>;
  /** Tells something that belongs to no aggregate; its id makes a second one of its kind go unheard. */
  notice(envelope: EventEnvelope<unknown>): Promise<void>;
}
