import type { EventEnvelope } from '#events/catalog/contract.ts';
import type { Position } from './position.ts';

/** An event that arrived before one that precedes it. Thrown by a subscription, it returns the message to the queue. */
export class EventGapError extends Error {
  override readonly name = 'EventGapError';
  readonly eventId: string;
  /** Sequence of the last event that was handled; 0 when there is none. */
  readonly handledUpTo: number;

  constructor({ id, aggregate }: EventEnvelope<unknown>, handled: Position | undefined) {
    const last = handled === undefined ? 'none' : `${handled.sequence} (event ${handled.n} of ${handled.of})`;
    super(
      `The event "${id}" waits for the one before it: of the ${aggregate.type} the last sequence handled is ${last}`,
    );
    this.eventId = id;
    this.handledUpTo = handled?.sequence ?? 0;
  }
}
