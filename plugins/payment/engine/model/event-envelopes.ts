import type { EventContract, EventEnvelope } from '#events/catalog/index.ts';
import type { ChangeContext } from '../../payments/model/change.ts';

/** One thing that is to be told, before it is numbered. */
export interface DomainEvent {
  readonly type: string;
  readonly data: unknown;
}

export const domainEvent = <D>({ detailType }: EventContract<D>, data: D): DomainEvent => ({
  type: detailType,
  data,
});

export interface Aggregate {
  /** `webhook` and `notice` have one event only. */
  readonly type: 'customer' | 'subscription' | 'webhook' | 'notice';
  readonly id: string;
  readonly tenant: string;
}

/** The events of one change, in order; they share its sequence number. */
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
    cause,
    ...(traceparent !== undefined && { traceparent }),
    data,
  }));
}
