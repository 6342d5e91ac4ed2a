import type { EventContract, EventEnvelope } from '#events/catalog/index.ts';
import type { ChangeContext } from '../../payments/model/change.ts';

/** A domain event before it gets its envelope. */
export interface DomainEvent {
  readonly type: string;
  readonly data: unknown;
}

/** A domain event with the payload of its contract. */
export const domainEvent = <D>({ detailType }: EventContract<D>, data: D): DomainEvent => ({
  type: detailType,
  data,
});

/** The aggregate that an event belongs to. */
export interface Aggregate {
  /** A `webhook` or `notice` has a single event. */
  readonly type: 'customer' | 'subscription' | 'webhook' | 'notice';
  readonly id: string;
  readonly tenant: string;
}

/** The envelopes of the events of one change, in order. They share its sequence number. */
export function envelopesOf(
  { type: aggregateType, id, tenant }: Aggregate,
  sequence: number,
  domainEvents: readonly DomainEvent[],
  { cause, traceparent, now }: ChangeContext,
): readonly EventEnvelope<unknown>[] {
  return domainEvents.map(({ type, data }, index) => ({
    id: `${id}:${sequence}:${index + 1}`,
    type,
    occurredAt: now.toISOString(),
    tenant,
    aggregate: { type: aggregateType, id },
    sequence,
    ...(domainEvents.length > 1 && { eventsInChange: domainEvents.length }),
    cause,
    ...(traceparent !== undefined && { traceparent }),
    data,
  }));
}
