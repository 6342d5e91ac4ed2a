import { type Answer, type Json, eventually, request } from '#testing/client.ts';
import { paymentsOf } from '../support/payments.ts';
import { type System, startSystem } from '../support/system.ts';
import { type Budget, countAtMost } from './budget.ts';

export interface Calls {
  readonly operation: string;
  /** DynamoDB round trips of the operation itself; the cached registry and configuration reads are left out. */
  readonly database: number;
  readonly provider: number;
}

/** Counts what each payment operation asks of DynamoDB and of the provider, on the running local system. */
export async function callsPerOperation(): Promise<Calls[]> {
  const system = await startSystem();
  try {
    return await measure(system);
  } finally {
    await system.stop();
  }
}

/** One of several calls may read the registry as well, whose cache of a second has run out: not the operation's own. */
const SAMPLES = 3;

/** The sample without reads of others. */
function least(samples: readonly Calls[]): readonly Calls[] {
  return samples.toSorted((a, b) => a.database - b.database).slice(0, 1);
}

async function measure(system: System): Promise<Calls[]> {
  const payments = paymentsOf(system);
  await payments.create();
  await payments.sandbox('POST', '/webhooks', { mode: 'hold' });
  const rows: Calls[] = [];
  /** @param prepare makes what each sample runs on */
  const count = async <T>(
    operation: string,
    prepare: () => Promise<T>,
    run: (prepared: T) => Promise<Answer>,
  ): Promise<void> => {
    const samples: Calls[] = [];
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const prepared = await prepare();
      await payments.get('pay_none');
      await run(prepared);
      samples.push({ operation, ...(await lastCalls(system, 'anineeplus-local-payment-api')) });
    }
    rows.push(...least(samples));
  };
  const held = {
    amount: 10,
    currency: 'usd',
    captureMethod: 'manual',
    paymentMethodId: 'pm_card_visa',
    confirm: true,
  };
  const { body: known } = await payments.create(held, { 'idempotency-key': 'bench-known' });
  const nothing = async () => {};
  const newHeld = async () => (await payments.create(held)).body.id as string;
  await count('create', nothing, () => payments.create(held));
  await count('create, replayed', nothing, () => payments.create(held, { 'idempotency-key': 'bench-known' }));
  await count('get', nothing, () => payments.get(known.id));
  await count('list', nothing, () => payments.api('GET', '/payments?limit=5'));
  await count('verify', nothing, () => payments.api('POST', `/payments/${known.id}/verify`));
  await count('capture', newHeld, (id) => payments.api('POST', `/payments/${id}/capture`, {}));
  await count('cancel', newHeld, (id) => payments.api('POST', `/payments/${id}/cancel`, {}));
  return [...rows, ...(await measureWebhook(system))];
}

async function measureWebhook(system: System): Promise<readonly Calls[]> {
  const payments = paymentsOf(system);
  const paid: Json[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const { body } = await payments.create();
    await payments.confirm(body.clientSecret, 'pk_test_bench');
    paid.push(body);
  }
  const { body } = await payments.sandbox('GET', '/webhooks');
  const deliver = async (payment: Json, type: string, operation: string): Promise<Calls> => {
    const delivery = body.deliveries.find(
      (entry: Json) => entry.type === type && JSON.stringify(entry).includes(payment.providerRef),
    );
    const before = (await webhookInvocations(system)).length;
    await payments.sandbox('POST', '/webhooks/resend', { id: delivery.id });
    await eventually(
      () => webhookInvocations(system),
      (all) => all.length > before,
    );
    return { operation, ...(await lastCalls(system, 'anineeplus-local-payment-webhook-stripe')) };
  };
  const deliverEach = async (type: string, operation: string): Promise<readonly Calls[]> => {
    const samples: Calls[] = [];
    for (const payment of paid) samples.push(await deliver(payment, type, operation));
    return least(samples);
  };
  // The first ones fill the caches.
  await deliverEach('payment_intent.created', 'webhook of a payment that did not change');
  return [
    ...(await deliverEach('payment_intent.succeeded', 'webhook')),
    ...(await deliverEach('payment_intent.succeeded', 'webhook, duplicate')),
  ];
}

async function invocationsOf(system: System, functionName: string): Promise<Json[]> {
  const { body } = await request(system.url, 'GET', '/dev/invocations');
  return body.invocations.filter(
    (entry: Json) => entry.function === functionName && entry.status !== 'running',
  );
}

const webhookInvocations = (system: System) =>
  invocationsOf(system, 'anineeplus-local-payment-webhook-stripe');

async function lastCalls(
  system: System,
  functionName: string,
): Promise<{ database: number; provider: number }> {
  const last = (await invocationsOf(system, functionName)).at(-1);
  const database = last.awsCalls.filter((call: string) => call.startsWith('DynamoDB_')).length;
  return { database, provider: last.providerCalls.length };
}

/** Database and provider calls that each operation may make. */
const LIMITS: Readonly<Record<string, readonly [number, number]>> = {
  create: [2, 1],
  'create, replayed': [1, 1],
  get: [1, 0],
  list: [1, 0],
  capture: [3, 1],
  cancel: [3, 1],
  webhook: [3, 1],
  'webhook, duplicate': [1, 0],
};

export function callBudgets(calls: readonly Calls[]): Budget[] {
  return calls.flatMap(({ operation, database, provider }) => {
    const limits = LIMITS[operation];
    if (!limits) return [];
    const [databaseMax, providerMax] = limits;
    return [
      countAtMost(`database calls: ${operation}`, databaseMax, database),
      countAtMost(`provider calls: ${operation}`, providerMax, provider),
    ];
  });
}
