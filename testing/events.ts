import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { envelopeSchema, type EventContract, type EventEnvelope } from '#events/catalog/contract.ts';
import { catalog } from '#events/catalog/index.ts';
import { names } from '#infra/deployment/deployment.ts';
import type { BusEvent } from '#infra/local/state/types.ts';
import { validate } from '#runtime/schema/validate.ts';
import { request } from './client.ts';
import { type Manifests, splitName } from './plugins.ts';
import { platformRoot } from './project.ts';

/** An event type of the catalogue, such as `payment.succeeded.v1`, or any contract. */
export type EventType<D> = string | EventContract<D>;

/** An event on the bus; `matchedRules` names the subscriptions that received it. */
export interface TestEvent<D> extends Omit<BusEvent, 'detail'> {
  readonly detail: EventEnvelope<D>;
}

/** What an emitted event says beside its data; each member has a value when left out. */
export interface Emission<D> {
  /** The sample of the catalogue when left out. */
  readonly data?: D;
  /** The same id again is a redelivery of the same event; `<aggregateId>:<sequence>:1` when left out. */
  readonly id?: string;
  readonly tenant?: string;
  /** An aggregate of its own when left out. */
  readonly aggregate?: EventEnvelope<D>['aggregate'];
  /** The place among the events of the aggregate; 1 when left out. */
  readonly sequence?: number;
  readonly eventsInChange?: number | undefined;
  readonly occurredAt?: string;
  readonly cause?: EventEnvelope<D>['cause'];
  /** The plugin that publishes it; the one whose manifest says so when left out. */
  readonly publisher?: string;
}

export interface WaitOptions<D> {
  /** The event that is waited for, when not any of the type. */
  readonly where?: (event: TestEvent<D>) => boolean;
  /** 10 seconds when left out. */
  readonly withinMs?: number;
}

/** What crosses the event bus. */
export interface TestEvents {
  /**
   * Publishes an event of a contract, with its envelope filled in.
   * @returns the event, once it is in the queues of its subscriptions
   * @throws Error when data or envelope do not fit the contract
   */
  emit<D = unknown>(type: EventType<D>, emission?: Emission<D>): Promise<EventEnvelope<D>>;
  /**
   * Resolves with the first event of a type that was published since the start of the system, or soon will be.
   * @throws Error that lists what did arrive, when none has in time
   */
  waitFor<D = unknown>(type: EventType<D>, options?: WaitOptions<D>): Promise<TestEvent<D>>;
  /** The events so far, the oldest first. */
  list<D = unknown>(type?: EventType<D>): Promise<readonly TestEvent<D>[]>;
  /**
   * Resolves when a subscription has nothing more to do, given as `plugin/subscription`.
   * @throws Error when it still has after `withinMs`, 30 seconds when left out
   */
  consumed(subscription: string, options?: { readonly withinMs?: number }): Promise<void>;
}

/** The stage of every local system. */
const STAGE = 'local';
const POLL_MS = 25;

export function createEvents(url: () => string, manifests: Manifests): TestEvents {
  const events: TestEvents = {
    async emit<D>(type: EventType<D>, { publisher, ...emission }: Emission<D> = {}) {
      const contract = contractOf(type);
      const detail = envelopeOf(contract, emission);
      const source = names.eventSource(STAGE, publisher ?? publisherOf(contract, manifests));
      const { status, body } = await request(url(), 'POST', '/dev/events', {
        body: { source, detailType: contract.detailType, detail },
      });
      if (status !== 201) throw new Error(`${contract.detailType} cannot be published: ${body.message}`);
      return detail;
    },
    async waitFor<D>(type: EventType<D>, { where = () => true, withinMs = 10_000 }: WaitOptions<D> = {}) {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const found = (await events.list(type)).find(where);
        if (found) return found;
        if (Date.now() > deadline) break;
        await sleep(POLL_MS);
      }
      throw new Error(missing(detailTypeOf(type), withinMs, await events.list()));
    },
    async list<D>(type?: EventType<D>) {
      const query = type === undefined ? '' : `?type=${encodeURIComponent(detailTypeOf(type))}`;
      return (await request(url(), 'GET', `/dev/events${query}`)).body.events as readonly TestEvent<D>[];
    },
    async consumed(subscription, { withinMs = 30_000 } = {}) {
      const [plugin, name] = splitName(subscription, 'subscription');
      const queue = names.queue(STAGE, plugin, name);
      const deadline = Date.now() + withinMs;
      for (;;) {
        const { body } = await request(url(), 'GET', '/dev/queues');
        const counts = (body.queues as readonly QueueCounts[]).find((one) => one.name === queue);
        if (!counts) throw new Error(`there is no subscription ${subscription}: no queue ${queue}`);
        const { visible, inFlight, delayed } = counts;
        if (visible + inFlight + delayed === 0) return;
        if (Date.now() > deadline) {
          throw new Error(
            `${subscription} still has events after ${withinMs} ms: ${visible} waiting, ${inFlight + delayed} being ` +
              `handled or to be tried again; its log is in invocations.logs()`,
          );
        }
        await sleep(POLL_MS);
      }
    },
  };
  return events;
}

interface QueueCounts {
  readonly name: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

const detailTypeOf = (type: EventType<unknown>): string =>
  typeof type === 'string' ? type : type.detailType;

function contractOf<D>(type: EventType<D>): EventContract<D> {
  if (typeof type !== 'string') return type;
  const found = catalog.find(({ detailType }) => detailType === type);
  // The caller says what the data of a type that is given by name is.
  if (found) return found as EventContract<D>;
  throw new Error(`the catalogue has no ${type}: give the contract itself, or one of its detail types`);
}

function publisherOf({ type, version }: EventContract<unknown>, manifests: Manifests): string {
  const [major] = version.split('.');
  const publisher = manifests().find(({ events }) =>
    events?.publishes?.some((one) => one.type === type && one.version.split('.')[0] === major),
  );
  // Without the publisher, a subscription takes the event from any source of the stage.
  return publisher?.name ?? type.split('.')[0] ?? type;
}

function envelopeOf<D>(
  contract: EventContract<D>,
  emission: Omit<Emission<D>, 'publisher'>,
): EventEnvelope<D> {
  const { detailType } = contract;
  const sample = emission.data === undefined ? sampleOf<D>(detailType) : undefined;
  // Not the sample's aggregate: its next event would be a redelivery of this one.
  const newAggregate = { type: sample?.aggregate.type ?? 'test', id: `test_${randomUUID()}` };
  const aggregate = emission.aggregate ?? newAggregate;
  const sequence = emission.sequence ?? 1;
  const envelope: EventEnvelope<unknown> = {
    id: emission.id ?? `${aggregate.id}:${sequence}:1`,
    type: detailType,
    occurredAt: emission.occurredAt ?? new Date().toISOString(),
    tenant: emission.tenant ?? 'default',
    aggregate,
    sequence,
    ...(emission.eventsInChange !== undefined && { eventsInChange: emission.eventsInChange }),
    cause: emission.cause ?? { kind: 'api', id: 'test' },
    data: emission.data ?? sample?.data,
  };
  const checked = validate(envelopeSchema(contract), envelope);
  // What the schema would add is left to it: the event goes out as it was given.
  if (checked.ok) return envelope as EventEnvelope<D>;
  const faults = checked.faults.map(({ path, message }) => `${path} ${message}`);
  throw new Error(`the event does not fit ${detailType} ${contract.version}: ${faults.join('; ')}`);
}

/** The event of `events/samples`. @throws Error for a type that has none */
function sampleOf<D>(detailType: string): EventEnvelope<D> {
  const file = join(platformRoot, 'events', 'samples', `${detailType}.json`);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as EventEnvelope<D>;
  } catch (cause) {
    throw new Error(`${detailType} has no sample, so that emit needs its data`, { cause });
  }
}

/** How many events of the type an error quotes. */
const QUOTED_MAX = 5;

function missing(detailType: string, withinMs: number, arrived: readonly TestEvent<unknown>[]): string {
  const counts = new Map<string, number>();
  for (const one of arrived) counts.set(one.detailType, (counts.get(one.detailType) ?? 0) + 1);
  const others = [...counts].map(([type, count]) => `  ${count} x ${type}`);
  const same = arrived
    .filter((one) => one.detailType === detailType)
    .slice(-QUOTED_MAX)
    .map(({ detail }) => `  ${JSON.stringify(detail)}`);
  return [
    `no ${detailType}${same.length > 0 ? ' that fits' : ''} within ${withinMs} ms`,
    arrived.length === 0 ? 'no event at all arrived' : 'these events arrived:',
    ...others,
    ...(same.length > 0 ? [`the last ${same.length} of ${detailType}:`, ...same] : []),
  ].join('\n');
}
