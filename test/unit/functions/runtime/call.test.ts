import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createCaller } from '#runtime/call.ts';
import type { ProblemError } from '#runtime/contract/errors.ts';
import { problemOf } from '#runtime/problem.ts';
import { awsError, invoked } from '../aws.ts';
import { environment } from './support.ts';

const client = new LambdaClient({ region: 'us-east-1' });
const lambda = mockClient(client);
beforeEach(() => lambda.reset());

const caller = createCaller({
  environment: environment({ ANINEEPLUS_PLUGIN: 'shop' }),
  client: () => client,
});
const request = { plugin: 'payment', operation: 'getPayment', input: { id: 'pay_1' } };
const context = { requestId: 'r', traceparent: undefined };
const call = () => caller.operation(request, context);

/** What a caller of the caller is answered. */
async function refusal() {
  const error = await call().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const problem = problemOf(error, { stage: 'prod', requestId: 'r', instance: undefined });
  return { status: problem.status, code: problem.code, retryAfter: problem.headers['Retry-After'] };
}

describe('a call of another function', () => {
  it('is one invocation, and its reply', async () => {
    lambda.on(InvokeCommand).resolves(invoked({ status: 200, body: { id: 'pay_1' } }));
    expect(await call()).toEqual({ status: 200, body: { id: 'pay_1' } });
    const [sent] = lambda.commandCalls(InvokeCommand);
    const payload = JSON.parse(Buffer.from(sent?.args[0].input.Payload as Uint8Array).toString()) as object;
    expect(payload).toMatchObject({ kind: 'operation', operation: 'getPayment', input: { id: 'pay_1' } });
  });

  it('throws what the other side refused with', async () => {
    const body = { title: 'Gone', status: 404, code: 'payment-not-found', requestId: 'other' };
    lambda.on(InvokeCommand).resolves(invoked({ status: 404, body, headers: { 'Retry-After': '2' } }));
    await expect(call()).rejects.toMatchObject({
      status: 404,
      code: 'payment-not-found',
      extensions: { requestId: 'other' },
      headers: { 'Retry-After': '2' },
    } satisfies Partial<ProblemError>);
  });

  it.each([
    'TooManyRequestsException',
    'ServiceException',
    'EC2ThrottledException',
    'ResourceNotFoundException',
  ])('may be made again when Lambda did not make it (%s)', async (name) => {
    lambda.on(InvokeCommand).rejects(awsError(name));
    expect(await refusal()).toEqual({ status: 503, code: 'plugin-unavailable', retryAfter: '1' });
    expect(lambda.commandCalls(InvokeCommand)).toHaveLength(1);
  });

  it('names a missing permission', async () => {
    lambda.on(InvokeCommand).rejects(awsError('AccessDeniedException', 'no lambda:InvokeFunction'));
    expect(await refusal()).toMatchObject({ status: 500, code: 'access-denied' });
  });

  it.each(['TimeoutError', 'AbortError'])('is timed out when no answer came (%s)', async (name) => {
    lambda.on(InvokeCommand).rejects(Object.assign(new Error('late'), { name }));
    expect(await refusal()).toMatchObject({ status: 503, code: 'timed-out' });
  });

  it('is timed out when Lambda ended the function', async () => {
    const document = { errorType: 'Sandbox.Timedout', errorMessage: 'RequestId: 1 Error: Task timed out' };
    lambda.on(InvokeCommand).resolves(invoked(document, 'Unhandled'));
    expect(await refusal()).toMatchObject({ status: 503, code: 'timed-out' });
  });

  it('is an error that says nothing when the function crashed, or answered no JSON', async () => {
    lambda.on(InvokeCommand).resolves(invoked({ errorMessage: 'the secret is sk_live_1' }, 'Unhandled'));
    expect(await refusal()).toMatchObject({ status: 500, code: 'internal-error' });
    lambda.on(InvokeCommand).resolves({ Payload: invoked('').Payload?.slice(0, 1) as never });
    expect(await refusal()).toMatchObject({ status: 500, code: 'internal-error' });
  });
});
