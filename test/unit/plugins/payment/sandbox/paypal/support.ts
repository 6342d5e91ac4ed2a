import {
  ApiError,
  Client,
  Environment,
  OrdersController,
  PaymentsController,
} from '@paypal/paypal-server-sdk';
import type { PaypalSandboxOptions } from '../../../../../../plugins/payment/sandbox/paypal/sandbox.ts';
import { createPaypalSandbox } from '../../../../../../plugins/payment/sandbox/paypal/sandbox.ts';
import { controlAt } from '../support.ts';

export const CREDENTIALS = { clientId: 'client_unit', clientSecret: 'secret_unit' };
export const WEBHOOK_ID = 'WHUNIT0000000001';
export const FULL = 'return=representation';

const PAYPAL = /^https:\/\/api-m\.sandbox\.paypal\.com(?=\/)/;

/** The SDK's client with all its requests turned to another origin. */
export function clientAt(origin: string, { clientId, clientSecret } = CREDENTIALS): Client {
  class LocalClient extends Client {
    override getRequestBuilderFactory(): ReturnType<Client['getRequestBuilderFactory']> {
      const factory = super.getRequestBuilderFactory();
      return (method, path) => {
        const builder = factory(method, path);
        builder.interceptRequest((request) => ({ ...request, url: request.url.replace(PAYPAL, origin) }));
        return builder;
      };
    }
  }
  return new LocalClient({
    environment: Environment.Sandbox,
    clientCredentialsAuthCredentials: {
      oAuthClientId: clientId,
      oAuthClientSecret: clientSecret,
    },
  });
}

/** The SDK at an origin. */
export function sdkAt(origin: string) {
  const client = clientAt(origin);
  return { orders: new OrdersController(client), payments: new PaymentsController(client) };
}

/** A sandbox with the SDK and its controls. */
export async function startSandbox(options: Partial<PaypalSandboxOptions> = {}) {
  const sandbox = createPaypalSandbox({
    ...CREDENTIALS,
    webhookId: WEBHOOK_ID,
    webhookBackoffMs: 10,
    ...options,
  });
  const origin = await sandbox.listen(0);
  return { origin, ...sdkAt(origin), close: () => sandbox.close(), control: controlAt(origin) };
}

/** The body of an order, as the API takes it. */
export function orderBody(intent = 'CAPTURE', value = '25.99', currency = 'EUR') {
  return {
    intent,
    purchase_units: [
      {
        custom_id: 'pay_1',
        invoice_id: `inv_${crypto.randomUUID()}`,
        amount: { currency_code: currency, value },
      },
    ],
  };
}

/** An access token from the sandbox. */
export async function tokenAt(origin: string, { clientId, clientSecret } = CREDENTIALS): Promise<string> {
  const response = await fetch(`${origin}/v1/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

export interface Answered {
  readonly id: string;
  readonly name?: string;
  readonly status: string;
  readonly details?: { issue: string; description: string; field?: string }[];
  readonly links: { href: string; rel: string; method: string }[];
  readonly purchase_units: {
    payments: { captures: Payment[]; authorizations: Payment[] };
  }[];
}
interface Payment {
  readonly id: string;
  readonly status: string;
}

/** A caller without the SDK, for what the SDK would not send; objects go as JSON, texts as they are. */
export async function caller(origin: string, credentials = CREDENTIALS) {
  const token = await tokenAt(origin, credentials);
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Answered,
    };
  };
}

/** The error an SDK call fails with, and the issue it names. */
export async function failure(call: Promise<unknown>) {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const body = JSON.parse(error.body as string) as Answered;
    return { status: error.statusCode, issue: body.details?.[0]?.issue, name: body.name, body };
  }
  throw new Error('the call should have failed');
}
