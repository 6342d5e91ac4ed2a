import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, type Json, eventually, request } from '#testing/client.ts';
import { paymentsOf } from '../support/payments.ts';
import { sandboxPortsOf } from '#testing/runner.ts';
import { type System, startSystem } from '../support/system.ts';

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

async function measure(system: System): Promise<Calls[]> {
  const payments = paymentsOf(system);
  await payments.create();
  await payments.sandbox('POST', '/webhooks', { mode: 'hold' });
  const rows: Calls[] = [];
  const count = async (operation: string, run: () => Promise<Answer>): Promise<Answer> => {
    // The registry is read once a second: right after this call the next one finds it cached.
    await payments.get('pay_none');
    const answer = await run();
    rows.push({ operation, ...(await lastCalls(system, 'anineeplus-local-payment-api')) });
    return answer;
  };
  const key = { 'idempotency-key': 'bench-create' };
  const held = {
    amount: 10,
    currency: 'usd',
    captureMethod: 'manual',
    paymentMethodId: 'pm_card_visa',
    confirm: true,
  };
  const { body } = await count('create', () => payments.create(held, key));
  await count('create, replayed', () => payments.create(held, key));
  await count('get', () => payments.get(body.id));
  await count('list', () => payments.api('GET', '/payments?limit=5'));
  await count('verify', () => payments.api('POST', `/payments/${body.id}/verify`));
  await count('capture', () => payments.api('POST', `/payments/${body.id}/capture`, {}));
  const { body: open } = await payments.create();
  await count('cancel', () => payments.api('POST', `/payments/${open.id}/cancel`, {}));
  return [...rows, ...(await measureWebhook(system))];
}

async function measureWebhook(system: System): Promise<Calls[]> {
  const payments = paymentsOf(system);
  const { body: paid } = await payments.create();
  await payments.confirm(paid.clientSecret, 'pk_test_bench');
  const { body } = await payments.sandbox('GET', '/webhooks');
  const deliver = async (type: string, operation: string): Promise<Calls> => {
    const delivery = body.deliveries.find(
      (entry: Json) => entry.type === type && JSON.stringify(entry).includes(paid.providerRef),
    );
    const before = (await webhookInvocations(system)).length;
    await payments.sandbox('POST', '/webhooks/resend', { id: delivery.id });
    await eventually(
      () => webhookInvocations(system),
      (all) => all.length > before,
    );
    return { operation, ...(await lastCalls(system, 'anineeplus-local-payment-webhook-stripe')) };
  };
  await deliver('payment_intent.created', 'first, which fills the caches');
  const webhook = await deliver('payment_intent.succeeded', 'webhook');
  // One of several may meet a registry cache that has just run out, which is not the operation's own read.
  const duplicates: Calls[] = [];
  for (let n = 0; n < 3; n += 1) {
    duplicates.push(await deliver('payment_intent.succeeded', 'webhook, duplicate'));
  }
  const [duplicate] = duplicates.sort((a, b) => a.database - b.database);
  return duplicate ? [webhook, duplicate] : [webhook];
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

/** Starts the local system as a user does, on free ports, and times it to its first answer. */
export async function startUp(root: string): Promise<{ firstAnswerMs: number }> {
  const stateDir = mkdtempSync(join(tmpdir(), 'anineeplus-start-'));
  const start = performance.now();
  const run = spawn(
    process.execPath,
    ['infra/local/main.ts', '--port', '0', ...sandboxPortsOf(root), '--state', stateDir],
    { cwd: root, stdio: 'ignore' },
  );
  try {
    const url = await eventually(
      async () => readUrl(stateDir),
      (found) => found !== undefined,
      60_000,
    );
    await request(url as string, 'GET', '/plugins');
    return { firstAnswerMs: performance.now() - start };
  } finally {
    run.kill('SIGTERM');
    await new Promise((resolve) => run.once('exit', resolve));
    rmSync(stateDir, { recursive: true, force: true });
  }
}

function readUrl(stateDir: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(stateDir, 'runtime.json'), 'utf8')) as { url: string }).url;
  } catch {
    return undefined;
  }
}
