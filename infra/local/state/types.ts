import type { QueueResource } from '../resources/sqs.ts';

/** What must survive a SIGKILL of the runner. */
export interface State {
  readonly secrets: SecretStore;
  readonly queues: QueueStore;
  readonly bus: BusLog;
  readonly mappings: MappingStore;
  readonly schedules: ScheduleStore;
  readonly clock: ClockStore;
  /** Does all of `work` or nothing of it. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** A version of a secret with its staging labels; `createdAt` in epoch milliseconds. */
export interface SecretVersion {
  readonly versionId: string;
  readonly text: string | undefined;
  readonly binary: Buffer | undefined;
  readonly createdAt: number;
  readonly stages: readonly string[];
}

/** Secret values by secret name; the rules about stages are Secrets Manager's, in `services/secrets`. */
export interface SecretStore {
  versions(name: string): readonly SecretVersion[];
  /** The version that carries a stage, by default the current one. */
  staged(name: string, stage?: string): SecretVersion | undefined;
  insert(name: string, versionId: string, value: { readonly text?: string; readonly binary?: Buffer }): void;
  /** Puts a stage on a version, taking it off any other; undefined takes it off altogether. */
  moveStage(name: string, stage: string, versionId: string | undefined): void;
  /** Makes `text` the current value, unless it already is. */
  put(name: string, text: string): void;
}

/** A message attribute, as SQS names its members. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

/** A message that was received; times in epoch milliseconds. */
export interface QueueMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly senderId: string;
  readonly sentAt: number;
  readonly receiveCount: number;
  readonly firstReceivedAt: number;
  /** The queue that it was moved from, in a dead-letter queue. */
  readonly deadLetterSourceArn: string | undefined;
}

/** A message to send. */
interface NewMessage {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
  readonly delaySeconds?: number;
  readonly senderId?: string;
}

/** The messages of all queues, by the names of the queues. */
export interface QueueStore {
  /** @returns the message's id */
  send(queueName: string, message: NewMessage): string;
  /** Takes visible messages for a time; those received too often go to the dead-letter queue instead. */
  receive(queue: QueueResource, max: number, visibilitySeconds?: number): readonly QueueMessage[];
  /** False when the handle is not of a message in the queue, e.g. because it was received again since. */
  remove(queueName: string, receiptHandle: string): boolean;
  /** False when no message is in flight under the handle. */
  changeVisibility(queueName: string, receiptHandle: string, seconds: number): boolean;
  /** How long the oldest message waits; 0 for an empty queue. */
  oldestAgeMs(queueName: string): number;
  counts(queueName: string): {
    readonly visible: number;
    readonly inFlight: number;
    readonly delayed: number;
  };
  /** Resolves when a message is visible, or after `waitMs`, or when `signal` fires. */
  untilVisible(queueName: string, waitMs: number, signal?: AbortSignal): Promise<void>;
}

/** An event that was put on a bus. */
export interface BusEvent {
  readonly id: string;
  readonly time: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly matchedRules: readonly string[];
}

/** The last events of all buses. */
export interface BusLog {
  append(event: BusEvent): void;
  /** Id of the event that arrived last. */
  newestId(): string | undefined;
  /** Calls back when an event arrives, which may yet be taken back with its transaction. @returns stops it */
  onAppend(listener: () => void): () => void;
  /**
   * In the order in which they arrived. @param filter.type a detail type, or its first parts (`payment` or
   * `payment.*`) @param filter.since ISO time (included) or the id of an event (excluded) @param filter.aggregate id of
   * what the event is about
   */
  query(filter?: {
    readonly aggregate?: string | undefined;
    readonly type?: string | undefined;
    readonly since?: string | undefined;
  }): readonly BusEvent[];
}

/** How far a mapping has read a shard. */
export interface StreamPosition {
  readonly shardId: string;
  /** As the engine gave it, without padding. */
  readonly sequenceNumber: string;
}

/** The state of event source mappings, by their ids. */
export interface MappingStore {
  /** Switched by `UpdateEventSourceMapping`; undefined: as the assembly says. */
  enabled(id: string): boolean | undefined;
  setEnabled(id: string, enabled: boolean): void;
  position(id: string, streamArn: string): StreamPosition | undefined;
  setPosition(id: string, streamArn: string, position: StreamPosition): void;
  /** Calls back after each switch. @returns stops it */
  onChange(listener: () => void): () => void;
}

/** The next run of each schedule, in epoch milliseconds. */
export interface ScheduleStore {
  /** When a schedule runs next; undefined for one that is new or has another expression now. */
  nextMs(arn: string, expression: string): number | undefined;
  setNext(arn: string, expression: string, nextMs: number): void;
}

/** The offset of the developer's clock. */
export interface ClockStore {
  /** How far the clock is ahead of wall time. */
  offsetMs(): number;
  setOffset(offsetMs: number): void;
}
