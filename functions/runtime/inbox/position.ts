import type { EventEnvelope } from '#events/catalog/contract.ts';

/** An event's place among the events of its aggregate. */
export interface Position {
  readonly sequence: number;
  /** Place among the events of one change, which share a sequence; from 1. */
  readonly n: number;
  /** How many events the change has. */
  readonly of: number;
}

type Positioned = Pick<EventEnvelope<unknown>, 'id' | 'sequence' | 'eventsInChange'>;

/** Reads the place of an event. @throws Error for an id that does not end in `:<sequence>:<n>` */
export function positionOf({ id, sequence, eventsInChange = 1 }: Positioned): Position {
  const [, written, place] = /:(\d+):(\d+)$/.exec(id) ?? [];
  if (Number(written) !== sequence || !place)
    throw new Error(`The event "${id}" has no place in its aggregate`);
  const n = Number(place);
  return { sequence, n, of: Math.max(n, eventsInChange) };
}

/** Whether nothing that is handled is as late as this event. */
export const isLater = (event: Position, handled: Position | undefined): boolean =>
  handled === undefined ||
  event.sequence > handled.sequence ||
  (event.sequence === handled.sequence && event.n > handled.n);

/** Whether no event is missing between the last one that was handled and this one. */
export function isNext(event: Position, handled: Position | undefined): boolean {
  if (handled === undefined) return event.sequence === 1 && event.n === 1;
  if (event.sequence === handled.sequence) return event.n === handled.n + 1;
  return event.sequence === handled.sequence + 1 && event.n === 1 && handled.n === handled.of;
}
