import { readFileSync } from 'node:fs';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { PaymentView } from '../../plugins/payment/api/schemas.ts';
import { type Bench, intentObject, startBench } from '../unit/plugins/payment/bench.ts';
import { type IndexRules, type StoredItem, indexUnits, itemBytes, tableUnits } from './dynamodb-rules.ts';

/** What one write costs of one item, with the units of each index that follows it. */
export interface WrittenItem {
  /** The kind of item, by its keys without ids: `PAY#/LOG#`. */
  readonly kind: string;
  readonly bytes: number;
  readonly units: number;
  readonly indexUnits: Readonly<Record<string, number>>;
}

export interface FlowUnits {
  readonly flow: string;
  readonly writeUnits: number;
  readonly readUnits: number;
  /** The write units that the local engine counted. */
  readonly engineWriteUnits: number;
  readonly written: readonly WrittenItem[];
}

interface Step {
  readonly flow: string;
  readonly prepare?: (bench: Bench) => Promise<PaymentView>;
  readonly act: (bench: Bench, payment: PaymentView) => Promise<unknown>;
}

/** The flow whose dollars the bench counts. */
export const PAID_PAYMENT = 'paid payment (create + webhook + get)';

const total = { amount: 100, currency: 'usd' };
const card = { ...total, paymentMethodId: 'pm_card_visa', confirm: true };
const created = (body: object) => async (bench: Bench) => (await bench.call('createPayment', body)).body;

async function payByPayer(bench: Bench, payment: PaymentView): Promise<PaymentView> {
  await bench.confirm(payment.clientSecret ?? '');
  return payment;
}

const deliverSuccess = (bench: Bench, payment: PaymentView) =>
  bench.deliver(bench.event('payment_intent.succeeded', intentObject(payment)));

/** The same with the whole object, as Stripe sends it, whose redacted form is stored. */
async function deliverWhole(bench: Bench, { providerRef }: PaymentView): Promise<unknown> {
  const { lastResponse: _response, ...intent } = await bench
    .stripe()
    .paymentIntents.retrieve(String(providerRef));
  return bench.deliver(bench.event('payment_intent.succeeded', { ...intent }));
}

const paidInBrowser = async (bench: Bench) => payByPayer(bench, await created(total)(bench));

const steps: readonly Step[] = [
  {
    flow: PAID_PAYMENT,
    async act(bench) {
      const payment = await payByPayer(bench, await created(total)(bench));
      await deliverSuccess(bench, payment);
      await bench.call('getPayment', { id: payment.id });
    },
  },
  { flow: 'create', act: created(total) },
  { flow: 'create with a key', act: (bench) => bench.call('createPayment', total, { key: 'units-1' }) },
  { flow: 'pay (create + confirm)', act: created(card) },
  { flow: 'webhook', prepare: paidInBrowser, act: deliverSuccess },
  { flow: 'webhook with a whole event', prepare: paidInBrowser, act: deliverWhole },
  {
    flow: 'capture',
    prepare: created({ ...card, captureMethod: 'manual' }),
    act: (bench, { id }) => bench.call('capturePayment', { id }),
  },
  {
    flow: 'refund',
    prepare: created(card),
    act: (bench, { id }) => bench.call('createRefund', { id, amount: 30 }),
  },
  {
    flow: 'cancel',
    prepare: created(total),
    act: (bench, { id }) => bench.call('cancelPayment', { id }),
  },
];

/** The units that each flow consumes, by the rules of DynamoDB. */
export async function writeUnitsPerFlow(): Promise<readonly FlowUnits[]> {
  const bench = await startBench();
  const meter = startMeter(bench);
  try {
    const flows: FlowUnits[] = [];
    for (const { flow, prepare, act } of steps) {
      const payment = (await prepare?.(bench)) ?? ({} as PaymentView);
      meter.reset();
      await act(bench, payment);
      flows.push({ flow, ...meter.counted() });
    }
    return flows;
  } finally {
    meter.stop();
    await bench.stop();
  }
}

interface Keyed {
  readonly PK: unknown;
  readonly SK: unknown;
}
type Write = Readonly<Partial<Record<'Item' | 'Key', Keyed>>>;
interface Input {
  readonly TransactItems?: readonly Readonly<Record<string, Write>>[];
}
interface Consumed {
  readonly CapacityUnits?: number;
}

/** Compares the table before and after every write, and asks the engine what each call consumed. */
export function startMeter({ dynamo, around, table }: Pick<Bench, 'dynamo' | 'around' | 'table'>) {
  const { indexes, tableKeys } = layout();
  const client = new DynamoDBClient({
    endpoint: dynamo.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  let [readUnits, engineWriteUnits] = [0, 0];
  let written: WrittenItem[] = [];
  const itemsNow = async (): Promise<ReadonlyMap<string, StoredItem>> => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
    return new Map(Items.map((item) => [idOf(item as unknown as Keyed), item]));
  };
  const costOf = (
    id: string,
    before: StoredItem | undefined,
    after: StoredItem | undefined,
    twice: boolean,
  ) => {
    const units = Object.entries(indexes).map(
      ([name, rules]) => [name, indexUnits(rules, tableKeys, before, after)] as const,
    );
    return {
      kind: id.replaceAll(/#[^/]*/g, '#'),
      bytes: Math.max(...[before, after].map((item) => (item === undefined ? 0 : itemBytes(item)))),
      units: tableUnits(before, after, twice),
      indexUnits: Object.fromEntries(units.filter(([, count]) => count > 0)),
    };
  };
  around.push(async ({ name, input, next }) => {
    const isRead = ['get', 'query', 'batchGet', 'transactGet'].includes(name);
    const writes = isRead ? [] : writesOf(input);
    const before = isRead ? undefined : await itemsNow();
    Object.assign(input, { ReturnConsumedCapacity: 'TOTAL' });
    const answer = await next();
    const { ConsumedCapacity: consumed } = answer as { ConsumedCapacity?: Consumed | readonly Consumed[] };
    const units = [consumed ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
    if (before === undefined) readUnits += units;
    else {
      engineWriteUnits += units;
      const after = await itemsNow();
      const twice = name.startsWith('transact');
      written.push(...writes.map((id) => costOf(id, before.get(id), after.get(id), twice)));
    }
    return answer;
  });
  return {
    reset() {
      [readUnits, engineWriteUnits, written] = [0, 0, []];
    },
    counted() {
      const of = ({ units, indexUnits: byIndex }: WrittenItem) =>
        Object.values(byIndex).reduce((sum, count) => sum + count, units);
      const writeUnits = written.reduce((sum, item) => sum + of(item), 0);
      return { writeUnits, readUnits, engineWriteUnits, written: [...written] };
    },
    stop() {
      around.pop();
      client.destroy();
    },
  };
}

/** The keys of the items that a command writes; a check in a transaction costs as a write does. */
function writesOf(input: Input): readonly string[] {
  const writes = input.TransactItems?.flatMap((action) => Object.values(action)) ?? [input as Write];
  return writes.flatMap(({ Item, Key }) => {
    const keyed = Item ?? Key;
    return keyed === undefined ? [] : [idOf(keyed)];
  });
}

const idOf = ({ PK, SK }: Keyed): string => `${textOf(PK)}/${textOf(SK)}`;
/** A text, as an attribute value or plain. */
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : String((value as { readonly S?: string }).S);

/** The table's keys and indexes in the manifest of the plugin. */
function layout() {
  const file = new URL('../../plugins/payment/plugin.json', import.meta.url);
  const { tables } = JSON.parse(readFileSync(file, 'utf8')) as {
    tables: {
      payments: { partitionKey: string; sortKey: string; indexes: Readonly<Record<string, IndexRules>> };
    };
  };
  const { partitionKey, sortKey, indexes } = tables.payments;
  return { indexes, tableKeys: [partitionKey, sortKey] };
}
