import { randomUUID, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Operation as Use } from '#runtime/contract/operation.ts';
import { idempotencyOf } from '#runtime/adapters/idempotency.ts';
import { checkedInput } from '#runtime/adapters/input.ts';
import { replyFrom } from '#runtime/adapters/output.ts';
import type { ProblemError } from '#runtime/contract/errors.ts';
import type { Reply } from '#runtime/contract/reply.ts';
import { startDynamo } from '#test/support/dynamodb.ts';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { paymentConfig } from '../../../../plugins/payment/config.ts';
import { plugin } from '../../../../plugins/payment/plugin.ts';
import type { PaymentProvider } from '../../../../plugins/payment/providers/provider.ts';
import { createPaypalSandbox } from '../../../../plugins/payment/sandbox/paypal/sandbox.ts';
import { due, gaps, ledger } from '../../../../plugins/payment/reconciliation/schedules.ts';
import { type Services } from '../../../../plugins/payment/services.ts';
import { createServices } from '../../../../plugins/payment/create-services.ts';
import type { PaymentView } from '../../../../plugins/payment/api/schemas.ts';
import { paypalWebhook } from '../../../../plugins/payment/webhooks/paypal.ts';
import { type Answer, type CallOptions, DEPLOYMENT, type LogLine, newTable } from './bench.ts';

const schedules = { due, gaps, ledger };

export const credentials = { clientId: 'client-bench', clientSecret: 'secret-bench', webhookId: 'WH-BENCH' };

export interface SandboxRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly idempotencyKey?: string;
  readonly body?: unknown;
}

export interface Signed {
  readonly id?: string;
  readonly time?: string;
  readonly webhookId?: string;
  readonly certUrl?: string;
  readonly key?: string;
}

export interface PayPalEventBody {
  readonly id: string;
  readonly event_type: string;
  readonly resource: Readonly<Record<string, unknown>>;
}

interface Changes {
  readonly provider?: (inner: PaymentProvider) => PaymentProvider;
  readonly paypal?: object;
  readonly services?: (inner: Services) => Services;
  /** Another system at the same provider: its name, and a table that exists. */
  readonly deployment?: string;
  readonly table?: string;
}

/** The plugin with a real engine behind it, and PayPal's SDK in front of the sandbox, whose webhooks we deliver. */
export async function startPayPalBench(webhookUrl?: string) {
  const dynamo = await startDynamo();
  const table = await newTable(dynamo);
  const sandbox = createPaypalSandbox({
    ...credentials,
    ...(webhookUrl !== undefined && { webhookUrl }),
  });
  const origin = await sandbox.listen(0);
  const state = {
    calls: 0,
    marked: 0,
    offsetMs: 0,
    logs: [] as LogLine[],
    counts: new Map<string, number>(),
  };
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
  const fetchJson = async <T>(path: string, method = 'GET', body?: unknown): Promise<T> => {
    const response = await fetch(`${origin}/__sandbox${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as T;
  };
  const signing = await fetchJson<{ certUrl: string; privateKeyPem: string; caPem: string }>('/signing');
  const requests = async () =>
    (await fetchJson<{ requests: SandboxRequest[] }>('/requests')).requests.filter(({ path }) =>
      /^\/v[12]\//.test(path),
    );
  const headersOf = (body: string | Buffer, given: Signed = {}): Record<string, string> => {
    const { id = randomUUID(), time = new Date().toISOString() } = given;
    const {
      webhookId = credentials.webhookId,
      certUrl = signing.certUrl,
      key = signing.privateKeyPem,
    } = given;
    const message = `${id}|${time}|${webhookId}|${crc32(body)}`;
    return {
      'paypal-auth-algo': 'SHA256withRSA',
      'paypal-cert-url': certUrl,
      'paypal-transmission-id': id,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': sign('sha256', Buffer.from(message), key).toString('base64'),
    };
  };

  const assemble = (changes: Changes) => {
    const now = () => new Date(Date.now() + state.offsetMs);
    const config = z.parse(paymentConfig, {
      defaultProvider: 'paypal',
      paypal: { ...credentials, apiBase: origin, ...changes.paypal },
    });
    const wired = createServices(
      config,
      {
        stage: 'local',
        deployment: changes.deployment ?? DEPLOYMENT,
        table: () => changes.table ?? table,
        now,
      },
      { client },
    );
    const wrap = changes.provider;
    const wrapped: Services =
      wrap === undefined ? wired : { ...wired, provider: async (name) => wrap(await wired.provider(name)) };
    const services = changes.services?.(wrapped) ?? wrapped;
    const write = (level: string) => (message: string, fields?: unknown) =>
      void state.logs.push({ level, message, fields });
    const log = {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      count: (name: string, value = 1) => void state.counts.set(name, (state.counts.get(name) ?? 0) + value),
    };
    const context = (remainingMs = 28_000) => ({
      services,
      requestId: randomUUID(),
      traceparent: undefined,
      remainingMs: () => remainingMs,
      log,
    });
    const call = async <T = PaymentView>(
      name: string,
      input: unknown,
      { tenant = 'default', subject = 'tester', key, remainingMs }: CallOptions = {},
    ): Promise<Answer<T>> => {
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
    };
    const deliver = (body: string | Buffer, headers = headersOf(body)) =>
      paypalWebhook.handle({
        ...context(),
        request: { rawBody: Buffer.from(body), headers, receivedAtMs: Date.now() },
      });
    const reconcile = async (schedule: keyof typeof schedules) =>
      (await schedules[schedule].run({ ...context(120_000), schedule, scheduledAt: now() })) ?? {};
    return { services, call, deliver, reconcile };
  };

  const bench = {
    ...assemble({}),
    with: assemble,
    origin,
    signing,
    headersOf,
    control: fetchJson,
    logs: state.logs,
    /** The metrics that were counted, by name. */
    counts: state.counts,
    dynamo,
    skip: (ms: number) => void (state.offsetMs += ms),
    mark: async () => {
      state.marked = (await requests()).length;
      state.calls = 0;
    },
    databaseCalls: () => state.calls,
    requests: async () => (await requests()).slice(state.marked),
    create: async (more: object = {}) =>
      (await bench.call('createPayment', { amount: 100, currency: 'usd', ...more })).body,
    stateOf: async ({ id }: { id: string }) => (await bench.call('getPayment', { id })).body,
    approve: ({ providerRef }: PaymentView, outcome = 'succeeds') =>
      fetchJson<object>(`/orders/${providerRef}/approve`, 'POST', { outcome }),
    /** Body of an event about a payment, as PayPal would send it; only what points to the payment matters. */
    event: (type: string, payment: PaymentView, id = `WH-${randomUUID()}`): string => {
      const order = type.startsWith('CHECKOUT.ORDER');
      const ids = { supplementary_data: { related_ids: { order_id: payment.providerRef } } };
      const resource = order
        ? { id: payment.providerRef, purchase_units: [{ custom_id: payment.id }] }
        : { id: 'X', custom_id: payment.id, amount: { currency_code: 'USD', value: '1.00' }, ...ids };
      return JSON.stringify({ id, event_type: type, resource });
    },
    items: async (paymentId: string, prefix: string) => {
      const answer = await dynamo.documents.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'PK = :pk AND begins_with(SK, :sk)',
          ExpressionAttributeValues: { ':pk': `PAY#${paymentId}`, ':sk': prefix },
        }),
      );
      return (answer.Items ?? []) as Record<string, never>[];
    },
    eventsOf: async ({ id }: { id: string }) => {
      const items = (await bench.items(id, 'EVT#')) as unknown as {
        events: { type: string; sequence: number; data: Record<string, unknown> }[];
      }[];
      return items.flatMap(({ events }) => events);
    },
    stop: async () => {
      await sandbox.close();
      await dynamo.stop();
    },
  };
  return bench;
}

export type PayPalBench = Awaited<ReturnType<typeof startPayPalBench>>;
