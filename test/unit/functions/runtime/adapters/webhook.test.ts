import { describe, expect, it } from 'vitest';
import { webhookHandler } from '#runtime/adapters/webhook.ts';
import { platformProblem } from '#runtime/contract/errors.ts';
import { webhook, type WebhookRequest } from '#runtime/contract/webhook.ts';
import { environment, lambdaContext, probe, quietTelemetry, securityHeaders } from '../support.ts';

async function deliver(parts: {
  body?: string;
  isBase64Encoded?: boolean;
  method?: string;
  headers?: object;
  timeEpoch?: number;
}) {
  const seen: WebhookRequest[] = [];
  const hook = webhook<{ started: number }>({
    summary: 'Keeps what it gets',
    async handle({ request }) {
      seen.push(request);
      if (request.rawBody.toString() === 'bad') throw platformProblem('unauthorized');
      return { outcome: 'processed' };
    },
  });
  const telemetry = quietTelemetry();
  const handler = webhookHandler(probe(), 'hook', hook, { environment: environment(), telemetry });
  const { method = 'POST', headers = {}, timeEpoch, ...rest } = parts;
  const event = {
    rawPath: '/webhooks/hook',
    headers,
    ...rest,
    requestContext: { requestId: 'd-1', http: { method }, timeEpoch },
  };
  const response = await handler(event, lambdaContext);
  return { ...response, json: JSON.parse(response.body), seen, measured: telemetry.labelled };
}

describe('a webhook', () => {
  it('gets the exact bytes and lower-case header names', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x7b]);
    const { statusCode, json, seen } = await deliver({
      body: bytes.toString('base64'),
      isBase64Encoded: true,
      headers: { 'Stripe-Signature': 'v1' },
    });
    expect([statusCode, json]).toEqual([200, { received: true, outcome: 'processed' }]);
    expect(seen[0]?.rawBody.equals(bytes)).toBe(true);
    expect(seen[0]?.headers).toEqual({ 'stripe-signature': 'v1' });
  });

  it('knows when the delivery came in', async () => {
    expect((await deliver({ body: '{}', timeEpoch: 1_700_000_000_123 })).seen[0]?.receivedAtMs).toBe(
      1_700_000_000_123,
    );
  });

  it('takes exactly as many bytes as the manifest allows', async () => {
    expect((await deliver({ body: 'é'.repeat(10) })).statusCode).toBe(200);
    const { statusCode, json, seen } = await deliver({ body: `${'é'.repeat(10)}x` });
    expect([statusCode, json.code, seen]).toEqual([413, 'payload-too-large', []]);
  });

  it('is served to POST only', async () => {
    const { statusCode, headers } = await deliver({ method: 'GET' });
    expect([statusCode, headers['allow']]).toEqual([405, 'POST']);
  });

  it('answers a refusal as a problem document', async () => {
    const { statusCode, headers, json, measured } = await deliver({ body: 'bad' });
    expect([statusCode, json.code]).toEqual([401, 'unauthorized']);
    expect(headers).toMatchObject({ ...securityHeaders, 'content-type': 'application/problem+json' });
    expect(measured).toEqual([
      {
        metric: 'plugin.webhooks.rejected',
        value: 1,
        by: { webhook: 'hook' },
        fields: { code: 'unauthorized' },
      },
    ]);
  });
});
