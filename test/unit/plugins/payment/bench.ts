import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { TestDynamo } from '#test/support/dynamodb.ts';
import type { ScheduleSummary } from '#runtime/contract/schedule.ts';
import { Stripe } from 'stripe';
import type { Flow } from '../../../../plugins/payment/services.ts';
import {
  createStripeSandbox,
  type StripeSandbox,
} from '../../../../plugins/payment/sandbox/stripe/sandbox.ts';
import { type Services } from '../../../../plugins/payment/services.ts';
import type { PaymentView } from '../../../../plugins/payment/api/schemas.ts';
import { stripeWebhook } from '../../../../plugins/payment/webhooks/stripe.ts';
import {
  type Answer,
  type Around,
  assemblePlugin,
  type CallOptions,
  type Changes,
  itemsOf,
  type LogLine,
  openPluginBase,
  type PluginBase,
  type Schedule,
} from './plugin-under-test.ts';
import { stripeAt } from './sandbox/stripe/support.ts';

export const root = fileURLToPath(new URL('../../../../', import.meta.url));
export const WEBHOOK_SECRET = 'whsec_bench';
const SECRET_KEY = 'sk_test_bench';
const PUBLISHABLE_KEY = 'pk_test_bench';

/** The plugin with a real engine behind it and the real SDK in front of the sandbox. */
export interface Bench {
  readonly services: Services;
  readonly sandbox: StripeSandbox;
  readonly dynamo: TestDynamo;
  readonly table: string;
  /** What stands around the calls of the database. */
  readonly around: Around[];
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
  reconcile(schedule: Schedule): Promise<ScheduleSummary>;
  /** Items of a partition whose sort key begins so. */
  itemsOf(partition: string, prefix: string): Promise<Record<string, never>[]>;
  items(paymentId: string, prefix: string): Promise<Record<string, never>[]>;
  with(changes: Changes): Bench;
  stop(): Promise<void>;
}

/** @param webhookUrl where the sandbox delivers; it delivers nothing without one */
export async function startBench(webhookUrl?: string): Promise<Bench> {
  const base = await openPluginBase();
  const sandbox = createStripeSandbox({
    secretKey: SECRET_KEY,
    webhookSecrets: [WEBHOOK_SECRET],
    ...(webhookUrl !== undefined && { webhookUrl }),
  });
  const origin = await sandbox.listen(0);
  return assemble({ base, sandbox, origin }, {});
}

interface At {
  readonly base: PluginBase;
  readonly sandbox: StripeSandbox;
  readonly origin: string;
}

function assemble(at: At, changes: Changes): Bench {
  const { base, sandbox, origin } = at;
  const { dynamo, around, state, logs, counts } = base;
  const stripe = {
    secretKey: SECRET_KEY,
    publishableKey: PUBLISHABLE_KEY,
    webhookSecret: WEBHOOK_SECRET,
    apiBase: origin,
  };
  const { services, context, call, reconcile } = assemblePlugin(base, { stripe }, changes);
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
    around,
    table: changes.table ?? base.table,
    logs,
    counts,
    skip: (ms) => void (state.offsetMs += ms),
    call,
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
    reconcile,
    items: (paymentId, prefix) => bench.itemsOf(`PAY#${paymentId}`, prefix),
    itemsOf: (partition, prefix) => itemsOf(bench, partition, prefix),
    with: (more) => assemble(at, { ...changes, ...more }),
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
