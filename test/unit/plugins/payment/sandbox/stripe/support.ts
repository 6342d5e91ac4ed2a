import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Stripe } from 'stripe';
import type { StripeSandboxOptions } from '../../../../../../plugins/payment/sandbox/stripe/sandbox.ts';
import { createStripeSandbox } from '../../../../../../plugins/payment/sandbox/stripe/sandbox.ts';

export const SECRET_KEY = 'sk_test_unit';
export const PUBLISHABLE_KEY = 'pk_test_unit';
export const WEBHOOK_SECRET = 'whsec_unit';
export const NO_REDIRECTS = { enabled: true, allow_redirects: 'never' } as const;

export interface Received {
  readonly body: string;
  readonly signature: string;
  readonly event: Stripe.Event;
}

/** A webhook endpoint that keeps what it gets; `respond` chooses the status from the number of calls so far. */
export async function receiver(respond: (calls: number) => number = () => 200) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const signature = String(request.headers['stripe-signature']);
      received.push({ body, signature, event: JSON.parse(body) as Stripe.Event });
      response.writeHead(respond(received.length)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return {
    received,
    close,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`,
  };
}

export function stripeAt(origin: string, key = SECRET_KEY, maxNetworkRetries = 0): Stripe {
  const { hostname, port } = new URL(origin);
  return new Stripe(key, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries,
  });
}

/** A sandbox with an SDK client and its controls. */
export async function startSandbox(options: Partial<StripeSandboxOptions> = {}) {
  const sandbox = createStripeSandbox({
    secretKey: SECRET_KEY,
    webhookSecrets: [WEBHOOK_SECRET],
    webhookBackoffMs: 10,
    ...options,
  });
  const origin = await sandbox.listen(0);
  return { origin, stripe: stripeAt(origin), close: () => sandbox.close(), control: controlAt(origin) };
}

export type Control = ReturnType<typeof controlAt>;

/** Calls a control and gives its status and answer. */
export function controlAt(origin: string) {
  return async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${origin}/__sandbox/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : {
            body: typeof body === 'string' ? body : JSON.stringify(body),
            headers: { 'content-type': 'application/json' },
          }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> & Listed };
  };
}

interface Listed {
  readonly count: number;
  readonly error?: { message: string };
  readonly deliveries: {
    id: string;
    event: string;
    state: string;
    type: string;
    attempts: { status?: number; tampered: boolean }[];
  }[];
  readonly requests: {
    method: string;
    path: string;
    status: number | null;
    replayed: boolean;
    fault: boolean;
  }[];
  readonly faults: unknown[];
}

/** Raw call with the secret key (or another), for what the SDK would not send. */
export async function raw(
  origin: string,
  method: string,
  path: string,
  form = '',
  headers: Record<string, string> = {},
) {
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${SECRET_KEY}`,
      ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...headers,
    },
    ...(method === 'POST' ? { body: form } : {}),
  });
  const body = (await response.json()) as {
    id?: string;
    error?: { code?: string; type: string; message: string; param?: string };
  };
  return { status: response.status, headers: response.headers, body };
}

/** The error an SDK call fails with. */
export async function failure(
  call: Promise<unknown>,
): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('the call should have failed');
}
