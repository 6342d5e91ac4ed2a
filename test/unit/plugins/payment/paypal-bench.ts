import { randomUUID, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createPaypalSandbox } from '../../../../plugins/payment/sandbox/paypal/sandbox.ts';
import type { PaymentView } from '../../../../plugins/payment/api/schemas.ts';
import { paypalWebhook } from '../../../../plugins/payment/webhooks/paypal.ts';
import { assemblePlugin, type Changes, itemsOf, openPluginBase } from './plugin-under-test.ts';

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

interface PayPalChanges extends Omit<Changes, 'config'> {
  /** Settings of PayPal that differ. */
  readonly paypal?: object;
}

/** The plugin with a real engine behind it, and PayPal's SDK in front of the sandbox, whose webhooks we deliver. */
export async function startPayPalBench(webhookUrl?: string) {
  const base = await openPluginBase();
  const { dynamo, state } = base;
  const sandbox = createPaypalSandbox({
    ...credentials,
    ...(webhookUrl !== undefined && { webhookUrl }),
  });
  const origin = await sandbox.listen(0);
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

  const assemble = ({ paypal, ...changes }: PayPalChanges) => {
    const settings = { defaultProvider: 'paypal', paypal: { ...credentials, apiBase: origin, ...paypal } };
    const { services, context, call, reconcile } = assemblePlugin(base, settings, changes);
    const deliver = (body: string | Buffer, headers = headersOf(body)) =>
      paypalWebhook.handle({
        ...context(),
        request: { rawBody: Buffer.from(body), headers, receivedAtMs: Date.now() },
      });
    return { services, call, deliver, reconcile };
  };

  const bench = {
    ...assemble({}),
    with: assemble,
    origin,
    signing,
    headersOf,
    control: fetchJson,
    logs: base.logs,
    /** The metrics that were counted, by name. */
    counts: base.counts,
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
    items: (paymentId: string, prefix: string) => itemsOf(base, `PAY#${paymentId}`, prefix),
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
