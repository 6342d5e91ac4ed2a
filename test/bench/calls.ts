import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, type Json, eventually, request } from '../support/client.ts';
import { paymentsOf } from '../support/payments.ts';
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
    const before = await snapshot(system);
    const answer = await run();
    const after = await snapshot(system);
    rows.push({
      operation,
      database: after.database - before.database,
      provider: after.provider - before.provider,
    });
    return answer;
  };
  const key = { 'idempotency-key': 'bench-create' };
  const manual = { amount: 10, currency: 'usd', captureMethod: 'manual', paymentMethodId: 'pm_card_visa', confirm: true };
  const { body: held } = await count('create', () => payments.create(manual, key));
  await count('create, replayed', () => payments.create(manual, key));
  await count('get', () => payments.get(held.id));
  await count('list', () => payments.api('GET', '/payments?limit=5'));
  await count('verify', () => payments.api('POST', `/payments/${held.id}/verify`));
  await count('capture', () => payments.api('POST', `/payments/${held.id}/capture`, {}));
  const { body: open } = await payments.create();
  await count('cancel', () => payments.api('POST', `/payments/${open.id}/cancel`, {}));
  const { body: paid } = await payments.create();
  await payments.confirm(paid.clientSecret, 'pk_test_bench');
  const { body: listed } = await payments.sandbox('GET', '/webhooks');
  const delivery = listed.deliveries.find(
    (entry: Json) => JSON.stringify(entry).includes(paid.providerRef) && entry.type === 'payment_intent.succeeded',
  );
  const resend = () => payments.sandbox('POST', '/webhooks/resend', { id: delivery?.id });
  await count('webhook', resend);
  await count('webhook, duplicate', resend);
  return rows;
}

async function snapshot(system: System): Promise<{ database: number; provider: number }> {
  const { body } = await request(system.url, 'GET', '/dev/invocations');
  const calls = body.invocations.flatMap((invocation: Json) => (invocation.awsCalls ?? []) as unknown as string[]);
  const provider = await request(system.sandbox('stripe'), 'GET', '/__sandbox/requests');
  const database = calls.filter((call: Json) => JSON.stringify(call).includes('payments')).length;
  return { database, provider: provider.body.requests.length };
}

/** Starts the local system as a user does, on free ports, and times it to its first answer. */
export async function startUp(root: string): Promise<{ firstAnswerMs: number }> {
  const stateDir = mkdtempSync(join(tmpdir(), 'anineeplus-start-'));
  const start = performance.now();
  const run = spawn(
    process.execPath,
    ['infra/local/main.ts', '--port', '0', '--sandbox-port', 'stripe=0', '--state', stateDir],
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
