import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCaller } from '#runtime/call.ts';
import { startHttp, type TestAnswer, type TestHttp, type TestRequest } from '#test/support/http-server.ts';
import { createCodeDeploy } from '#runtime/aws/code-deploy.ts';
import { deployCheckHandler } from '../../../../functions/platform/deploy-check/handler.ts';
import { environment, invokedBy, quietTelemetry } from '../runtime/support.ts';
import { lambdaAt } from './support.ts';

const SECRET = 'secret-of-the-function';

let aws: TestHttp;
/** What the plugin answers, by what it is asked. */
let answers: Readonly<Record<string, unknown>>;
let asked: { readonly name: string; readonly kind: string }[];
let reported: unknown[];
let refusal: TestAnswer | undefined;
let signed: boolean[];

/** Stands in for Lambda and for CodeDeploy. */
beforeAll(async () => {
  aws = await startHttp((body, request) => {
    const { url, headers } = request;
    const name = /\/functions\/([^/]+)\/invocations/.exec(decodeURIComponent(url))?.[1];
    if (name !== undefined) {
      const { kind } = JSON.parse(body) as { kind: string };
      asked.push({ name, kind });
      const answer = answers[kind];
      if (answer !== undefined) return { status: 200, body: answer };
      const crash = { errorType: 'Runtime.ExitError', errorMessage: 'it exited' };
      return { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body: crash };
    }
    expect(headers['x-amz-target']).toBe('CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus');
    signed.push(isSigned(body, request));
    reported.push(JSON.parse(body));
    return refusal ?? { status: 200, body: { lifecycleEventHookExecutionId: 'hook-1' } };
  });
});
afterAll(() => aws.stop());

beforeEach(() => {
  answers = { start: { status: 'healthy' }, health: { status: 'healthy' } };
  [asked, reported, signed, refusal] = [[], [], [], undefined];
});

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** Signature Version 4 as AWS checks it. Source: IAM user guide, "Create a signed AWS API request". */
function isSigned(body: string, { method, url, headers }: TestRequest): boolean {
  const authorization = headers.authorization ?? '';
  const [, date = '', names = '', signature] =
    /Credential=AKIDTEST\/(\d{8})\/eu-west-1\/codedeploy\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)/.exec(
      authorization,
    ) ?? [];
  const canonical = [
    method,
    url,
    '',
    ...names.split(';').map((name) => `${name}:${String(headers[name])}`),
    '',
    names,
    createHash('sha256').update(body).digest('hex'),
  ].join('\n');
  const text = [
    'AWS4-HMAC-SHA256',
    headers['x-amz-date'],
    `${date}/eu-west-1/codedeploy/aws4_request`,
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n');
  const key = ['eu-west-1', 'codedeploy', 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${SECRET}`, date));
  return names.split(';').includes('x-amz-security-token') && hmac(key, text).toString('hex') === signature;
}

const event = { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'hook-1' };

function check(sent: unknown = event, alias?: string): Promise<void> {
  const own = environment({
    ANINEEPLUS_PLUGIN: 'shop',
    ANINEEPLUS_FUNCTION: 'deploy-check',
    ANINEEPLUS_HEALTH_FUNCTION: 'orders',
  });
  const env = {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDTEST',
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_SESSION_TOKEN: 'session',
  };
  const handler = deployCheckHandler({
    environment: own,
    telemetry: quietTelemetry(),
    caller: createCaller({ environment: own, client: () => lambdaAt(aws.url) }),
    codeDeploy: createCodeDeploy({ env }),
  });
  return handler(sent, invokedBy(alias));
}

const outcome = (status: string) => ({
  deploymentId: 'd-1',
  lifecycleEventHookExecutionId: 'hook-1',
  status,
});

describe('the check of a new version', () => {
  it('starts it by the health alias, asks for its health, and tells CodeDeploy, signed', async () => {
    await check();
    expect(asked).toEqual([
      { name: 'anineeplus-test-shop-orders:health', kind: 'start' },
      { name: 'anineeplus-test-shop-orders:health', kind: 'health' },
    ]);
    expect(reported).toEqual([outcome('Succeeded')]);
    expect(signed).toEqual([true]);
  });

  it.each([
    ['does not start', { start: { status: 'unhealthy', reason: 'no key' } }, ['start']],
    ['is unhealthy', { start: { status: 'healthy' }, health: { status: 'unhealthy' } }, ['start', 'health']],
    ['crashes', {}, ['start']],
    ['crashes when asked', { start: { status: 'healthy' } }, ['start', 'health']],
    ['answers nonsense', { start: { ok: 1 } }, ['start']],
  ])('lets no traffic to a version that %s', async (_, given, kinds) => {
    answers = given;
    await check();
    expect(asked.map(({ kind }) => kind)).toEqual(kinds);
    expect(reported).toEqual([outcome('Failed')]);
  });

  it.each([
    ['a plugin that is unloaded', { start: { status: 'unloaded' } }],
    ['a version that works, if degraded', { start: { status: 'healthy' }, health: { status: 'degraded' } }],
  ])('does not hold up %s', async (_, given) => {
    answers = given;
    await check();
    expect(reported).toEqual([outcome('Succeeded')]);
  });

  it('fails when CodeDeploy does not take the outcome', async () => {
    refusal = { status: 400, body: { __type: 'InvalidLifecycleEventHookExecutionIdException' } };
    await expect(check()).rejects.toMatchObject({ name: 'InvalidLifecycleEventHookExecutionIdException' });
  });

  it('is started by CodeDeploy alone, which uses no alias, and with its event', async () => {
    await expect(check(event, 'live')).rejects.toThrow('only CodeDeploy starts this function');
    await expect(check({ DeploymentId: 'd-1' })).rejects.toThrow();
    expect([asked, reported]).toEqual([[], []]);
  });
});
