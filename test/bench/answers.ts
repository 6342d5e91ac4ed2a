import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { readPaidPayment } from './paid-payment-file.ts';

/** What the stubbed network answers: just enough of each service for the measured calls. */
export function answerTo(path: string, headers: Record<string, string>, body: string) {
  const target = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-amz-target')?.[1];
  if (target !== undefined) {
    return {
      status: 200,
      contentType: 'application/x-amz-json-1.0',
      body: awsAnswer(target.split('.').at(-1) ?? '', body),
    };
  }
  if (path.includes('/invocations')) {
    const payment = { id: 'pay_bench', status: 'succeeded', amount: 100, currency: 'usd' };
    return { status: 200, contentType: 'application/json', body: { status: 200, body: payment } };
  }
  if (path === '/v1/traces') return { status: 200, contentType: 'application/json', body: {} };
  return {
    status: 200,
    contentType: 'application/json',
    body: stripeAnswer(path, new URLSearchParams(body)),
  };
}

type Key = Readonly<Record<string, AttributeValue>>;

/** Set by the bench: the payment that reads find. */
const paid = process.env.BENCH_PAID_PAYMENT ? readPaidPayment(process.env.BENCH_PAID_PAYMENT) : undefined;

const itemAt = (key: Key) =>
  paid?.items.find((item) => Object.entries(key).every(([name, { S }]) => item[name]?.S === S));

function awsAnswer(operation: string, body: string): unknown {
  switch (operation) {
    case 'GetSecretValue':
      return {
        SecretString: JSON.stringify({ configVersion: 1, values: { stripe: stripeConfig } }),
        VersionId: 'v1',
      };
    case 'GetItem': {
      const Item = itemAt((JSON.parse(body) as { readonly Key: Key }).Key);
      return Item ? { Item } : {};
    }
    case 'BatchGetItem':
      return { Responses: batchOf(body), UnprocessedKeys: {} };
    case 'Query':
      return { Items: [], Count: 0, ScannedCount: 0 };
    case 'PutEvents':
      return { FailedEntryCount: 0, Entries: [{ EventId: 'e1' }] };
    default:
      return {};
  }
}

function batchOf(body: string): Readonly<Record<string, readonly unknown[]>> {
  const { RequestItems } = JSON.parse(body) as {
    readonly RequestItems: Readonly<Record<string, { readonly Keys: readonly Key[] }>>;
  };
  return Object.fromEntries(
    Object.entries(RequestItems).map(([table, { Keys }]) => [
      table,
      Keys.map(itemAt).filter((item) => item !== undefined),
    ]),
  );
}

const stripeConfig = {
  secretKey: 'sk_test_bench',
  publishableKey: 'pk_test_bench',
  webhookSecret: 'whsec_bench',
  apiBase: 'http://127.0.0.1:12111',
};

function stripeAnswer(path: string, form: URLSearchParams): unknown {
  const known = paid?.provider[path.split('?')[0] ?? ''];
  if (known !== undefined) return known;
  if (path.startsWith('/v1/balance')) return { object: 'balance', available: [], livemode: false };
  const metadata = [...form].flatMap(([name, value]) => {
    const key = /^metadata\[(.+)\]$/.exec(name)?.[1];
    return key === undefined ? [] : [[key, value]];
  });
  return {
    id: 'pi_bench',
    object: 'payment_intent',
    amount: Number(form.get('amount')),
    amount_capturable: 0,
    amount_received: 0,
    currency: form.get('currency'),
    status: 'requires_payment_method',
    capture_method: form.get('capture_method') ?? 'automatic',
    client_secret: 'pi_bench_secret_x',
    livemode: false,
    latest_charge: null,
    last_payment_error: null,
    next_action: null,
    cancellation_reason: null,
    created: 1_700_000_000,
    metadata: Object.fromEntries(metadata),
  };
}
