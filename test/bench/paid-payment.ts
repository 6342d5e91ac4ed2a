import { writeFileSync } from 'node:fs';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { Stripe } from 'stripe';
import { type Bench, intentObject, startBench, WEBHOOK_SECRET } from '../unit/plugins/payment/bench.ts';
import type { Item, PaidPayment } from './paid-payment-file.ts';

/** Creates a payment, pays it, and writes down what the table and the provider then hold. */
export async function writePaidPayment(file: string): Promise<PaidPayment> {
  const bench = await startBench();
  try {
    const { body: payment } = await bench.call('createPayment', { amount: 100, currency: 'usd' });
    await bench.confirm(payment.clientSecret ?? '');
    const intent = String(payment.providerRef);
    const paid: PaidPayment = {
      id: payment.id,
      items: await itemsOf(bench),
      provider: { [`/v1/payment_intents/${intent}`]: await intentOf(bench, intent) },
      webhook: delivery(bench.event('payment_intent.succeeded', intentObject(payment), 'evt_bench')),
    };
    writeFileSync(file, JSON.stringify(paid));
    return paid;
  } finally {
    await bench.stop();
  }
}

async function itemsOf({ dynamo, table }: Bench): Promise<readonly Item[]> {
  const client = new DynamoDBClient({
    endpoint: dynamo.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { Items = [] } = await client.send(new ScanCommand({ TableName: table }));
  client.destroy();
  return Items;
}

/** As it is on the wire: with what the plugin asks to be expanded. */
async function intentOf(bench: Bench, id: string): Promise<unknown> {
  const { lastResponse: _, ...intent } = await bench
    .stripe()
    .paymentIntents.retrieve(id, { expand: ['latest_charge'] });
  return intent;
}

function delivery(body: string): PaidPayment['webhook'] {
  const receivedAtMs = Date.now();
  const signature = Stripe.webhooks.generateTestHeaderString({
    payload: body,
    secret: WEBHOOK_SECRET,
    timestamp: Math.floor(receivedAtMs / 1000),
  });
  return { body, signature, receivedAtMs };
}
