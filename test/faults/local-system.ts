import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type Answer, type Json, type RequestOptions, request } from '#testing/client.ts';
import { createClock } from '#testing/clock.ts';
import { startDynamo } from '#test/support/dynamodb.ts';
import { paymentsOf } from '#test/support/payments.ts';
import { startSystem } from '#test/support/system.ts';

/** The local system with everything that a test may look at from outside. */
export interface LocalSystem {
  /** A client's call; one that gets no answer is a 500, as behind any gateway. */
  api(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /** One of the system's own endpoints below `/dev`. */
  dev(method: string, path: string, body?: unknown): Promise<Json>;
  /** One of the sandbox's controls. */
  sandbox(method: string, path: string, body?: unknown): Promise<Json>;
  /** What the provider knows, by its own API. */
  provider(path: string): Promise<Json>;
  /** Pays in the payer's browser. */
  pay(clientSecret: string): Promise<void>;
  /** Makes a refund in the provider's dashboard. */
  refundInDashboard(ref: string, amountMinor: number): Promise<void>;
  /** Moves the system's clock on, and has the reconciler look at what is due then. */
  reconcile(advance: string): Promise<void>;
  /** Delivers an event of the provider once, signed, as the provider does. */
  deliver(eventId: string): Promise<Answer>;
  /** All items of a plugin's table. */
  items(table: string): Promise<readonly Json[]>;
  stop(): Promise<void>;
}

/** More at once would only queue in front of the functions. */
const REQUESTS_AT_ONCE = 8;

/** Starts the system on a database that the test can read as well. */
export async function startLocalSystem(cwd?: string): Promise<LocalSystem> {
  const dynamo = await startDynamo();
  const env = { DYNAMODB_ENDPOINT: dynamo.endpoint };
  const runner = await startSystem({ env, ...(cwd !== undefined && { cwd }) });
  const clock = createClock(() => runner.url);
  const secrets = readFileSync(join(runner.stateDir, 'sandboxes.json'), 'utf8');
  const authorization = `Bearer ${/sk_test_\w+/.exec(secrets)?.[0] ?? ''}`;
  const limited = limiter(REQUESTS_AT_ONCE);
  const ask = (origin: string, method: string, path: string, options?: RequestOptions) =>
    limited(() => request(origin, method, path, options));
  const control = async (method: string, path: string, body?: unknown) => {
    const { status, body: answer } = await ask(runner.sandbox('stripe'), method, `/__sandbox${path}`, {
      body,
    });
    if (status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const signingSecret = String((await control('GET', '/signing')).secrets[0]);

  const system: LocalSystem = {
    api: (method, path, body, headers) =>
      ask(runner.url, method, path, { body, ...(headers && { headers }) }).catch(noAnswer),
    async dev(method, path, body) {
      const { status, body: answer } = await ask(runner.url, method, `/dev${path}`, { body });
      if (status >= 400) throw new Error(`${method} /dev${path}: ${JSON.stringify(answer)}`);
      return answer;
    },
    sandbox: control,
    provider: async (path) =>
      (await ask(runner.sandbox('stripe'), 'GET', path, { headers: { authorization } })).body,
    async pay(clientSecret) {
      const { status } = await paymentsOf(runner).confirm(clientSecret, 'pk_test_browser');
      if (status !== 200) throw new Error(`the payer could not pay: ${status}`);
    },
    async refundInDashboard(ref, amountMinor) {
      const { status } = await ask(runner.sandbox('stripe'), 'POST', '/v1/refunds', {
        raw: new URLSearchParams({ payment_intent: ref, amount: String(amountMinor) }).toString(),
        headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      });
      if (status !== 200) throw new Error(`the dashboard could not give back: ${status}`);
    },
    async reconcile(advance) {
      await clock.advance(advance);
      await clock.runSchedule('payment/due');
    },
    async deliver(eventId) {
      const raw = JSON.stringify(await system.provider(`/v1/events/${eventId}`));
      const headers = { 'stripe-signature': signatureOf(raw, signingSecret) };
      return ask(runner.url, 'POST', '/webhooks/stripe', { raw, headers }).catch(noAnswer);
    },
    async items(table) {
      const TableName = `anineeplus-local-${table}`;
      const items: Json[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await dynamo.documents.send(
          new ScanCommand({
            TableName,
            ConsistentRead: true,
            ...(ExclusiveStartKey && { ExclusiveStartKey }),
          }),
        );
        items.push(...(page.Items ?? []));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return items;
    },
    async stop() {
      await runner.stop();
      await dynamo.stop();
    },
  };
  return system;
}

const noAnswer = (error: unknown): Answer => ({ status: 500, headers: new Headers(), body: String(error) });

function signatureOf(body: string, secret: string): string {
  const timestamp = Math.floor(Date.now() / 1000);
  return `t=${timestamp},v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

/** Lets at most `most` of them run at once, in their order. */
function limiter(most: number) {
  let free = most;
  const waiting: (() => void)[] = [];
  return async <T>(run: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

export const newKey = (): string => randomUUID();

/** Asks until `accept` is satisfied. @returns undefined when `withinMs` have passed */
export async function until<T>(
  ask: () => Promise<T>,
  accept: (answer: T) => boolean,
  withinMs: number,
  everyMs = 50,
): Promise<T | undefined> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(everyMs)) {
    const answer = await ask();
    if (accept(answer)) return answer;
  }
  return undefined;
}
