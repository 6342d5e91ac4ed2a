import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Operation as Use } from '#runtime/contract/operation.ts';
import { idempotencyOf } from '#runtime/adapters/idempotency.ts';
import { checkedInput } from '#runtime/adapters/input.ts';
import { replyFrom } from '#runtime/adapters/output.ts';
import type { ProblemError } from '#runtime/contract/errors.ts';
import type { Reply } from '#runtime/contract/reply.ts';
import type { ScheduleSummary } from '#runtime/contract/schedule.ts';
import { type TestDynamo, startDynamo } from '#test/support/dynamodb.ts';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { Stripe } from 'stripe';
import * as z from 'zod/mini';
import { paymentConfig } from '../../../../plugins/payment/config.ts';
import { plugin } from '../../../../plugins/payment/plugin.ts';
import type { Flow } from '../../../../plugins/payment/services.ts';
import type { PaymentProvider } from '../../../../plugins/payment/providers/provider.ts';
import {
  createStripeSandbox,
  type StripeSandbox,
} from '../../../../plugins/payment/sandbox/stripe/sandbox.ts';
import { due, gaps, ledger } from '../../../../plugins/payment/reconciliation/schedules.ts';
import { type Services } from '../../../../plugins/payment/services.ts';
import { createServices } from '../../../../plugins/payment/create-services.ts';
import type { PaymentView } from '../../../../plugins/payment/api/schemas.ts';
import { stripeWebhook } from '../../../../plugins/payment/webhooks/stripe.ts';
import { stripeAt } from './sandbox/stripe/support.ts';

const schedules = { due, gaps, ledger };

export const root = fileURLToPath(new URL('../../../../', import.meta.url));
export const WEBHOOK_SECRET = 'whsec_bench';
/** What the objects of the bench name. */
export const DEPLOYMENT = 'local-bench';
const SECRET_KEY = 'sk_test_bench';
const PUBLISHABLE_KEY = 'pk_test_bench';

export interface CallOptions {
  readonly key?: string;
  readonly tenant?: string;
  readonly subject?: string;
  readonly remainingMs?: number;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields?: unknown;
}

/** The plugin with a real engine behind it and the real SDK in front of the sandbox. */
export interface Bench {
  readonly services: Services;
  readonly sandbox: StripeSandbox;
  readonly dynamo: TestDynamo;
  readonly table: string;
  readonly logs: LogLine[];
  /** The metrics that were counted, by name. */
  readonly counts: Map<string, number>;
  /** Moves the plugin's clock. */
  skip(ms: number): void;
  /** Runs an operation; problems come back as replies. */
  call<T = PaymentView>(operation: string, input: unknown, options?: CallOptions): Promise<Answer<T>>;
  control(method: string, path: string, body?: unknown): Promise<never>;
  /** The SDK, for looking at what the provider has. */
  stripe(): Stripe;
  /** Requests that reached the API of the sandbox since the last `mark`. */
  requests(): Promise<readonly { method: string; path: string; status: number; idempotencyKey?: string }[]>;
  mark(): Promise<void>;
  /** SDK calls to DynamoDB since the last `mark`. */
  databaseCalls(): number;
  confirm(clientSecret: string, paymentMethod?: string): Promise<Response>;
  event(type: string, object: Readonly<Record<string, unknown>>, id?: string): string;
  deliver(payload: string, header?: string): Promise<{ outcome: string }>;
  /** What a flow gets, as if a webhook or the reconciler had caused it. */
  flow(cause: Flow['cause']['kind']): Flow;
  /** Runs one of the reconciler's schedules. */
  reconcile(schedule: keyof typeof schedules): Promise<ScheduleSummary>;
  /** Items of a partition whose sort key begins so. */
  itemsOf(partition: string, prefix: string): Promise<Record<string, never>[]>;
  items(paymentId: string, prefix: string): Promise<Record<string, never>[]>;
  with(parts: {
    readonly provider?: (inner: PaymentProvider) => PaymentProvider;
    readonly config?: object;
    readonly services?: (inner: Services) => Services;
    /** Another system at the same provider: its name, and a table that exists. */
    readonly deployment?: string;
    readonly table?: string;
    /** What every call has left, instead of what its options say. */
    readonly remainingMs?: () => number;
  }): Bench;
  stop(): Promise<void>;
}

export interface Answer<T> extends Reply<T> {
  readonly headers: Readonly<Record<string, string>>;
  readonly problem?: ProblemError;
}

/** A table of the plugin with nothing in it. @returns its name */
export async function newTable(dynamo: TestDynamo): Promise<string> {
  const table = `payments-${randomUUID()}`;
  await dynamo.createTable(table, {
    'by-tenant': ['GSI1PK', 'GSI1SK'],
    'by-due': ['GSI2PK', 'GSI2SK'],
  });
  return table;
}

/** @param webhookUrl where the sandbox delivers; it delivers nothing without one */
export async function startBench(webhookUrl?: string): Promise<Bench> {
  const dynamo = await startDynamo();
  const table = await newTable(dynamo);
  const sandbox = createStripeSandbox({
    secretKey: SECRET_KEY,
    webhookSecrets: [WEBHOOK_SECRET],
    ...(webhookUrl !== undefined && { webhookUrl }),
  });
  const origin = await sandbox.listen(0);
  const state = { calls: 0, marked: 0, offsetMs: 0 };
  const client = DynamoDBDocumentClient.from(dynamo.documents, {
    marshallOptions: { removeUndefinedValues: true },
  });
  client.middlewareStack.add(
    (next) => (args) => {
      state.calls += 1;
      return next(args);
    },
    { step: 'initialize', name: 'count-calls', override: true },
  );
  return assemble({ dynamo, table, sandbox, origin, state, client, logs: [], counts: new Map() }, {});
}

interface Parts {
  readonly dynamo: TestDynamo;
  readonly table: string;
  readonly sandbox: StripeSandbox;
  readonly origin: string;
  readonly state: { calls: number; marked: number; offsetMs: number };
  readonly client: DynamoDBDocumentClient;
  readonly logs: LogLine[];
  readonly counts: Map<string, number>;
}

function assemble(parts: Parts, given: Parameters<Bench['with']>[0]): Bench {
  const { dynamo, sandbox, origin, state, client, logs, counts } = parts;
  const { table = parts.table, deployment = DEPLOYMENT } = given;
  const now = () => new Date(Date.now() + state.offsetMs);
  const config = z.parse(paymentConfig, {
    stripe: {
      secretKey: SECRET_KEY,
      publishableKey: PUBLISHABLE_KEY,
      webhookSecret: WEBHOOK_SECRET,
      apiBase: origin,
    },
    ...given.config,
  });
  const environment = { stage: 'local', deployment, table: () => table, now };
  const wired = createServices(config, environment, { client });
  const wrap = given.provider;
  const wrapped: Services =
    wrap === undefined ? wired : { ...wired, provider: async (name) => wrap(await wired.provider(name)) };
  const services = given.services?.(wrapped) ?? wrapped;
  const write = (level: string) => (message: string, fields?: unknown) =>
    void logs.push({ level, message, fields });
  const log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    count: (name: string, value = 1) => void counts.set(name, (counts.get(name) ?? 0) + value),
  };
  const context = (remainingMs = 28_000) => ({
    services,
    requestId: randomUUID(),
    traceparent: undefined,
    remainingMs: given.remainingMs ?? (() => remainingMs),
    log,
  });
  const fetchJson = async (path: string, init?: RequestInit) =>
    (await fetch(`${origin}${path}`, init)).json();
  const requests = async () => {
    const { requests: all } = (await fetchJson('/__sandbox/requests')) as { requests: never[] };
    return all.filter(({ path }: { path: string }) => path.startsWith('/v1/'));
  };
  const bench: Bench = {
    services,
    sandbox,
    dynamo,
    table,
    logs,
    counts,
    skip: (ms) => void (state.offsetMs += ms),
    async call<T>(name: string, input: unknown, options: CallOptions = {}) {
      const { tenant = 'default', subject = 'tester', key, remainingMs } = options;
      const use = (plugin.operations as unknown as Record<string, Use<unknown, unknown, Services>>)[name];
      if (use === undefined) throw new Error(`no operation ${name}`);
      try {
        const checked = checkedInput(use.input, input);
        const returned = await use.run({
          ...context(remainingMs),
          input: checked,
          caller: { tenant, subject, scopes: [] },
          idempotency:
            key === undefined ? undefined : idempotencyOf(name, key, { raw: input, parsed: checked }),
        });
        const reply = replyFrom({ name, operation: use, returned, strict: true });
        return { headers: {}, ...(reply as Reply<T>) };
      } catch (error) {
        const problem = error as ProblemError;
        if (problem.name !== 'ProblemError') throw error;
        const body = { code: problem.code, ...problem.extensions } as T;
        return { status: problem.status, body, headers: problem.headers, problem };
      }
    },
    control: (method, path, body) =>
      fetchJson(`/__sandbox${path}`, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      }) as Promise<never>,
    stripe: () => stripeAt(origin, SECRET_KEY),
    requests: async () => (await requests()).slice(state.marked),
    mark: async () => {
      state.marked = (await requests()).length;
      state.calls = 0;
    },
    databaseCalls: () => state.calls,
    confirm: (clientSecret, paymentMethod = 'pm_card_visa') =>
      fetch(`${origin}/v1/payment_intents/${clientSecret.split('_secret_')[0]}/confirm`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${PUBLISHABLE_KEY}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({
          client_secret: clientSecret,
          payment_method: paymentMethod,
          return_url: 'https://shop.example/back',
        }),
      }),
    event: (type, object, id = `evt_${randomUUID()}`) =>
      JSON.stringify({
        id,
        object: 'event',
        type,
        livemode: false,
        api_version: Stripe.API_VERSION,
        data: { object },
      }),
    async deliver(payload, header) {
      const signature =
        header ?? Stripe.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET });
      const headers = { 'stripe-signature': signature };
      const request = { rawBody: Buffer.from(payload), headers, receivedAtMs: Date.now() };
      return stripeWebhook.handle({ ...context(), request });
    },
    flow: (kind) => ({ ...context(), cause: { kind, id: randomUUID() }, actor: 'bench' }),
    reconcile: async (schedule) =>
      (await schedules[schedule].run({ ...context(120_000), schedule, scheduledAt: now() })) ?? {},
    items: (paymentId, prefix) => bench.itemsOf(`PAY#${paymentId}`, prefix),
    async itemsOf(partition, prefix) {
      const answer = await dynamo.documents.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'PK = :pk AND begins_with(SK, :sk)',
          ExpressionAttributeValues: { ':pk': partition, ':sk': prefix },
        }),
      );
      return (answer.Items ?? []) as Record<string, never>[];
    },
    with: (more) => assemble(parts, { ...given, ...more }),
    async stop() {
      await sandbox.close();
      await dynamo.stop();
    },
  };
  return bench;
}

/** The payment intent object that a webhook of Stripe would carry: here only what the plugin may look at. */
export const intentObject = (payment: PaymentView) => ({
  id: payment.providerRef,
  object: 'payment_intent',
  metadata: { payment_id: payment.id },
});
