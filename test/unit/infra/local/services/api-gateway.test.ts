import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStagesClient } from '#runtime/aws/api-gateway.ts';
import type { RouteResource } from '#infra/local/resources/api-gateway.ts';
import { assemblyOf, startSystem } from '../aws-endpoint/fixture.ts';

const stage = { ApiId: 'api-1', StageName: '$default' };
const routes = ['POST /things', 'GET /things'].map((key): RouteResource => ({
  key,
  functionArn: 'arn',
  auth: 'none',
  scopes: [],
  issuer: undefined,
  audience: [],
}));
const throttle = { DetailedMetricsEnabled: true, ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 };

let system: Awaited<ReturnType<typeof startSystem>>;
beforeEach(async () => {
  const own = { apiId: 'api-1', name: '$default', throttle: { rate: 1000, burst: 1000 } };
  system = await startSystem({ assembly: assemblyOf({ routes, stage: own }) });
});
afterEach(() => system.stop());

/** The client of the functions, as one of them. */
const clientOf = (functionName?: string) => {
  const { endpoint, credentials } = system.client(functionName);
  return createStagesClient({
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    maxAttempts: 1,
  });
};
const taken = (key: string) =>
  Array.from({ length: 10 }, () => system.throttles.take(key)).filter(Boolean).length;

describe('API Gateway', () => {
  it('throttles the routes that it is told, until the settings are deleted', async () => {
    const client = clientOf();
    await client.updateStage({ ...stage, RouteSettings: { 'POST /things': throttle } });
    expect([taken('POST /things'), taken('GET /things')]).toEqual([2, 10]);
    // Settings of other routes stay.
    await client.updateStage({
      ...stage,
      RouteSettings: { 'GET /things': { ...throttle, ThrottlingBurstLimit: 5 } },
    });
    expect([taken('POST /things'), taken('GET /things')]).toEqual([0, 5]);
    await client.deleteRouteSettings({ ...stage, RouteKey: 'POST /things' });
    expect(taken('POST /things')).toBe(10);
  });

  it.each([
    [
      'a route',
      { ...stage, RouteSettings: { 'POST /other': throttle } },
      'Unable to find Route by key POST /other within the provided RouteSettings',
    ],
    [
      'an API',
      { ...stage, ApiId: 'other', RouteSettings: {} },
      'Invalid API identifier specified 000000000000:other',
    ],
    ['a stage', { ...stage, StageName: 'other', RouteSettings: {} }, 'Invalid stage identifier specified'],
  ])('does not know %s that is not there', async (_, input, message) => {
    await expect(clientOf().updateStage(input)).rejects.toMatchObject({
      name: 'NotFoundException',
      message,
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('has no settings to delete of a route that has none', async () => {
    await expect(clientOf().deleteRouteSettings({ ...stage, RouteKey: 'GET /things' })).rejects.toMatchObject(
      {
        name: 'NotFoundException',
      },
    );
  });

  it('sets all of a call or nothing', async () => {
    const RouteSettings = { 'POST /things': throttle, 'POST /other': throttle };
    await expect(clientOf().updateStage({ ...stage, RouteSettings })).rejects.toThrow('Unable to find Route');
    expect(taken('POST /things')).toBe(10);
  });

  it('refuses a throttle that is no number, and other changes of the stage', async () => {
    const wrong = { ...throttle, ThrottlingRateLimit: 'much' as unknown as number };
    await expect(
      clientOf().updateStage({ ...stage, RouteSettings: { 'POST /things': wrong } }),
    ).rejects.toMatchObject({ name: 'BadRequestException', $metadata: { httpStatusCode: 400 } });
    const { endpoint, credentials } = system.client();
    const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/20260101/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=0`;
    const answer = await fetch(`${endpoint}/v2/apis/api-1/stages/%24default`, {
      method: 'PATCH',
      headers: { authorization },
      body: '{"autoDeploy":false}',
    });
    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([400, 'BadRequestException']);
    expect(await answer.text()).toContain('autoDeploy cannot be changed');
  });

  it('asks the role of the caller: the stage for changes, the settings for their removal', async () => {
    const reader = clientOf('app-reader');
    await expect(reader.updateStage({ ...stage, RouteSettings: {} })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(reader.deleteRouteSettings({ ...stage, RouteKey: 'GET /things' })).rejects.toThrow();
    expect(system.denials.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
      'apigateway:PATCH arn:aws:apigateway:us-east-1::/apis/api-1/stages/$default',
      'apigateway:DELETE arn:aws:apigateway:us-east-1::/apis/api-1/stages/$default/routesettings/GET%20%2Fthings',
    ]);
  });
});
