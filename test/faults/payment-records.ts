import type { Json } from '#testing/client.ts';
import { intentsOf, refundsOf } from './recover.ts';
import { until, type LocalSystem } from './local-system.ts';

/** Everything that can be known of one payment, from each of those who know a part of it. */
export interface PaymentRecords {
  /** Our record, as it is stored. */
  readonly payment: Json;
  readonly operations: readonly Json[];
  readonly refunds: readonly Json[];
  /** The provider's refunds of it. */
  readonly providerRefunds: readonly Json[];
  readonly log: readonly Json[];
  /** Outbox items, in their order. */
  readonly outbox: readonly Json[];
  /** Event ids on the bus, each once. */
  readonly published: ReadonlySet<string>;
  readonly receipts: readonly Json[];
  /** The provider's objects that name the payment. */
  readonly intents: readonly Json[];
  /** Ids of the provider's events for these objects by their type. */
  readonly providerEvents: ReadonlyMap<string, ReadonlySet<string>>;
  /** Idempotency keys of captures that the provider carried out. */
  readonly captureKeys: ReadonlySet<string>;
}

export type RecordsByCase = ReadonlyMap<string, readonly PaymentRecords[]>;

const POLL_MS = 500;
const PUBLISHED_WITHIN_MS = 90_000;

/** Waits until all that is committed was published and received, or does not seem to come any more. */
export async function recordsByCase(system: LocalSystem): Promise<RecordsByCase> {
  const arrived = ({ published, outbox, receipts, payment }: PaymentRecords) =>
    outbox.every(({ events }) => events.every(({ id }: Json) => published.has(id))) &&
    (payment.status !== 'succeeded' || receipts.length > 0);
  const complete = (cases: RecordsByCase) => [...cases.values()].flat().every(arrived);
  return (await until(() => readAll(system), complete, PUBLISHED_WITHIN_MS, POLL_MS)) ?? readAll(system);
}

/** The id of each case's payment. */
export async function paymentIds(system: LocalSystem): Promise<ReadonlyMap<string, string>> {
  const items = await system.items('payment-payments');
  const payments = items.filter(({ SK }) => SK === 'PAY');
  return new Map(payments.map(({ metadata, id }) => [String(metadata.case), String(id)]));
}

async function readAll(system: LocalSystem): Promise<RecordsByCase> {
  const items = await system.items('payment-payments');
  const receipts = await system.items('simple-plugin-receipts');
  const { events } = await system.dev('GET', '/events');
  const { deliveries } = await system.sandbox('GET', '/webhooks');
  const { requests } = await system.sandbox('GET', '/requests?method=POST&path=/capture&status=200');
  const intents = await intentsOf(system);
  const providerRefunds = await refundsOf(system);

  const partitions = Map.groupBy(items, ({ PK }) => String(PK));
  const published = Map.groupBy(events, ({ detail }: Json) => String(detail.aggregate.id));
  const received = Map.groupBy(receipts, ({ paymentId }) => String(paymentId));
  const ofIntents = Map.groupBy(intents, ({ metadata }) => String(metadata.payment_id));

  const recordsOf = (payment: Json): PaymentRecords => {
    const own = partitions.get(payment.PK) ?? [];
    const below = (prefix: string) => own.filter(({ SK }) => SK.startsWith(prefix));
    const refs = ofIntents.get(payment.id) ?? [];
    const about = deliveries.filter(({ object }: Json) => refs.some(({ id }) => id === object));
    const captures = requests.filter(({ path }: Json) => refs.some(({ id }) => path.includes(id)));
    const types = Map.groupBy(about, ({ type }: Json) => String(type));
    return {
      payment,
      operations: below('OP#'),
      refunds: below('RFD#'),
      providerRefunds: providerRefunds.filter(({ payment_intent: of }) => refs.some(({ id }) => id === of)),
      log: below('LOG#')
        .sort((a, b) => a.version - b.version)
        .flatMap((item) => [...(item.first ? [item.first] : []), item]),
      outbox: below('EVT#').sort((a, b) => (a.SK < b.SK ? -1 : 1)),
      published: new Set((published.get(payment.id) ?? []).map(({ detail }: Json) => String(detail.id))),
      receipts: received.get(payment.id) ?? [],
      intents: refs,
      providerEvents: new Map(
        [...types].map(([type, all]) => [type, new Set(all.map(({ event }: Json) => String(event)))]),
      ),
      captureKeys: new Set(captures.map(({ idempotencyKey }: Json) => String(idempotencyKey))),
    };
  };
  const payments = items.filter(({ SK }) => SK === 'PAY');
  return new Map(
    [...Map.groupBy(payments, ({ metadata }) => String(metadata.case))].map(([tag, all]) => [
      tag,
      all.map(recordsOf),
    ]),
  );
}
