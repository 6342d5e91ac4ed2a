import { PRICES } from '#infra/cli/cost/prices.ts';
import { intentObject, startBench } from '../unit/plugins/payment/bench.ts';
import { startMeter } from './units.ts';

/** What Lambda bills while a function waits for the provider, which is nearly all of its time. */
const PROVIDER_WAIT_SECONDS = 0.3;
const MEMORY_GB = 0.5;

export interface CostLine {
  readonly what: string;
  readonly perPayment: number;
  readonly dollars: number;
}

/** Dollars per million payments (create + webhook + get); logs, metrics, alarms and secrets are left out. */
export async function dollarsPerMillion(): Promise<{
  readonly asOf: string;
  readonly lines: readonly CostLine[];
}> {
  const { writeUnits, readUnits, events, relayed } = await unitsPerPayment();
  const calls = 3;
  const line = (what: string, perPayment: number, price: number): CostLine => ({
    what,
    perPayment,
    dollars: perPayment * price,
  });
  const waited = 2 * PROVIDER_WAIT_SECONDS * MEMORY_GB;
  return {
    asOf: PRICES.asOf,
    lines: [
      line('DynamoDB write units', writeUnits, PRICES.writeUnits),
      line('DynamoDB read units, one registry read per call included', readUnits + calls, PRICES.readUnits),
      line('HTTP API requests (the webhook has a function URL)', 2, PRICES.httpApiRequests),
      line('EventBridge events', events, PRICES.events),
      line('Lambda invocations, the relay one per written batch', calls + relayed, PRICES.invocations),
      line(
        `Lambda GB-s, ${PROVIDER_WAIT_SECONDS} s of provider in two calls`,
        waited,
        PRICES.gigabyteSeconds,
      ),
    ],
  };
}

/** Counts the units of one payment: its creation, the webhook of its success, and one read. */
async function unitsPerPayment() {
  const bench = await startBench();
  try {
    const meter = startMeter(bench);
    const { body: payment } = await bench.call('createPayment', { amount: 100, currency: 'usd' });
    await bench.confirm(payment.clientSecret ?? '');
    await bench.deliver(bench.event('payment_intent.succeeded', intentObject(payment)));
    await bench.call('getPayment', { id: payment.id });
    const { writeUnits, readUnits } = meter.counted();
    meter.stop();
    const items = (await bench.items(payment.id, 'EVT#')) as unknown as { events: readonly unknown[] }[];
    return {
      writeUnits,
      readUnits,
      events: items.flatMap(({ events }) => events).length,
      relayed: items.length,
    };
  } finally {
    await bench.stop();
  }
}
