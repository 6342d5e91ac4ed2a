import * as z from 'zod/mini';
import type { $ZodType } from 'zod/v4/core';

/** What caused a change: a client's call, a provider's webhook, or our own reconciler. */
export const cause = z.strictObject({
  kind: z.enum(['api', 'webhook', 'reconciler']),
  id: z.string(),
});

/** `<type>.v<major>`: EventBridge's detail-type of a contract. */
export type DetailType<T extends string, V extends string> = string extends V
  ? string
  : V extends `${infer Major}.${string}`
    ? `${T}.v${Major}`
    : never;

/** The envelope of every event, in EventBridge's `detail`. */
export interface EventEnvelope<D, T extends string = string> {
  /** `<aggregateId>:<sequence>:<n>`, the same on every redelivery. */
  readonly id: string;
  /** Detail type with its major version, e.g. `payment.succeeded.v1`. */
  readonly type: T;
  /** When the change was committed, ISO 8601 in UTC. */
  readonly occurredAt: string;
  readonly tenant: string;
  readonly aggregate: { readonly type: string; readonly id: string };
  /** Gapless per aggregate, from 1. The events of one change share it and differ in the `n` of their id. */
  readonly sequence: number;
  /** How many events the change has, when there are several. */
  readonly eventsInChange?: number | undefined;
  readonly cause: z.infer<typeof cause>;
  readonly traceparent?: string | undefined;
  readonly data: D;
}

/** A published event type. Additive changes raise the minor version; a breaking change is a new contract beside the old. */
export interface EventContract<D, T extends string = string, Detail extends string = string> {
  readonly type: T;
  /** Semantic version of the contract. */
  readonly version: string;
  readonly detailType: Detail;
  readonly summary: string;
  readonly data: $ZodType<D>;
}

/** What an event of a contract says. */
export type DataOf<E> = E extends EventContract<infer D> ? D : never;

/** An event of a contract. */
export type EventOf<E> =
  E extends EventContract<infer D, string, infer Detail> ? EventEnvelope<D, Detail> : never;

/** A contract as it is written: `data` makes the schema. */
interface ContractDefinition<D, T extends string, V extends string> extends Omit<
  EventContract<D, T>,
  'version' | 'detailType' | 'data'
> {
  readonly version: V;
  readonly data: () => $ZodType<D>;
}

/** The schema is made when it is first read: who publishes an event reads none of the fifty, who subscribes reads one. */
export function eventContract<D, const T extends string, const V extends string>({
  data: makeData,
  ...definition
}: ContractDefinition<D, T, V>): EventContract<D, T, DetailType<T, V>> {
  const major = definition.version.split('.')[0] ?? '';
  let data: $ZodType<D> | undefined;
  return {
    ...definition,
    detailType: `${definition.type}.v${major}` as DetailType<T, V>,
    get data() {
      return (data ??= makeData());
    },
  };
}

/** The schema of a whole envelope around `data`, for validation and for export as JSON Schema. */
export function envelopeSchema<D>(contract: EventContract<D>) {
  return z.object({
    id: z.string(),
    type: z.literal(contract.detailType),
    occurredAt: z.iso.datetime(),
    tenant: z.string(),
    aggregate: z.object({ type: z.string(), id: z.string() }),
    sequence: z.int().check(z.gte(1)),
    eventsInChange: z.optional(z.int().check(z.gte(2))),
    cause,
    traceparent: z.optional(z.string()),
    data: contract.data,
  });
}
