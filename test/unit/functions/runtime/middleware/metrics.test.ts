import { expect, it, onTestFinished } from 'vitest';
import { apiHandler } from '#runtime/adapters/api.ts';
import { createDocumentClient } from '#runtime/aws/documents.ts';
import { environment, lambdaContext, probe, probeOperations, quietTelemetry } from '../support.ts';
import { startHttp } from '#test/support/http-server.ts';

const get = { version: '2.0', routeKey: 'GET /echo', rawPath: '/echo', headers: {} };
const event = { ...get, requestContext: { requestId: 'r1', http: { method: 'GET' } } };

/** A client of a database whose first answer refuses the call for its rate. */
async function throttledClient() {
  let calls = 0;
  const server = await startHttp(() => {
    calls += 1;
    return calls === 1 ? { status: 400, body: { __type: 'ThrottlingException' } } : { status: 200, body: {} };
  });
  onTestFinished(() => server.stop());
  return createDocumentClient({
    env: { AWS_ENDPOINT_URL: server.url, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
  });
}

it('counts the first invocation of an environment, and the throttled calls of each', async () => {
  const telemetry = quietTelemetry();
  const handler = apiHandler(probe(), probeOperations, {
    environment: environment({ ANINEEPLUS_AUTH: 'none' }),
    telemetry,
  });
  const database = await throttledClient();
  await database.get({ TableName: 't', Key: { id: '1' } });
  await handler(event, lambdaContext);
  await handler(event, lambdaContext);
  expect(Object.fromEntries(telemetry.counts)).toMatchObject({
    'plugin.cold_starts': 1,
    'plugin.aws.throttles': 1,
  });
  expect(telemetry.finished).toMatchObject([
    { operation: 'look', isFault: false, requestId: 'r1', traceId: expect.stringMatching(/^[0-9a-f]{32}$/) },
    { operation: 'look', isFault: false },
  ]);
});

it('tells a refusal by its status and code, and a fault of ours as such', async () => {
  const telemetry = quietTelemetry();
  const handler = apiHandler(probe(), probeOperations, {
    environment: environment({ ANINEEPLUS_AUTH: 'none' }),
    telemetry,
  });
  await handler({ ...event, queryStringParameters: { fail: 'problem' } }, lambdaContext);
  await handler({ ...event, queryStringParameters: { fail: 'crash' } }, lambdaContext);
  expect(telemetry.finished).toMatchObject([
    { isFault: false, status: 418, errorType: 'teapot' },
    { isFault: true, status: 500, errorType: 'internal-error' },
  ]);
});
