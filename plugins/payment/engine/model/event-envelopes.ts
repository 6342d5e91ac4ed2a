import type { EventContract, EventEnvelope } from '#events/catalog/index.ts';
import type { ChangeContext } from '../../payments/model/change.ts';

/** One thing that is to be told, before it is numbered. */
export interface Fact {
  readonly type: string;
  readonly data: unknown;
}

export const fact = <D>({ detailType }: EventContract<D>, data: D): Fact => ({ type: detailType, data });

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
  facts: readonly Fact[],
  { cause, traceparent, now }: ChangeContext,
): readonly EventEnvelope<unknown>[] {
  return facts.map(({ type, data }, index) => ({
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
