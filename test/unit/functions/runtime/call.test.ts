import { InvokeCommand, Lambda } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { createCaller, type PluginCaller } from '#runtime/call.ts';
import { remoteOperation } from '#runtime/calls/remote-operation.ts';
import type { ProblemError } from '#runtime/contract/errors.ts';
import { problemOf } from '#runtime/problem.ts';
import { awsError, invoked } from '../aws.ts';
import { environment, quietTelemetry } from './support.ts';

const client = new Lambda({ region: 'us-east-1' });
const lambda = mockClient(client);
let caller: PluginCaller;
beforeEach(() => {
  lambda.reset();
  telemetry = quietTelemetry();
  const shop = environment({ ANINEEPLUS_PLUGIN: 'shop' });
  caller = createCaller({ environment: shop, client: () => client });
});
afterEach(() => vi.useRealTimers());

const sentEvent = (): Record<string, unknown> => {
  const payload = lambda.commandCalls(InvokeCommand).at(-1)?.args[0].input.Payload as Uint8Array;
  return JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>;
};
const request = { plugin: 'payment', operation: 'getPayment', input: { id: 'pay_1' } };
let telemetry = quietTelemetry();
const contextOf = (remainingMs = 10_000) => ({
  requestId: 'r',
  traceparent: undefined,
  remainingMs: () => remainingMs,
  log: telemetry.log,
});
const call = (remainingMs?: number) => caller.operation(request, contextOf(remainingMs));

/** What a caller of the caller is answered. */
async function refusal(made = call()) {
  const error = await made.then(
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
    expect(sentEvent()).toMatchObject({ kind: 'operation', operation: 'getPayment', input: { id: 'pay_1' } });
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

describe('the deadline of a call', () => {
  it('is a little before the caller’s own', async () => {
    lambda.on(InvokeCommand).resolves(invoked({ status: 200, body: {} }));
    const before = Date.now();
    await call(3000);
    const inMs = Number(sentEvent()['deadlineAt']) - before;
    expect(inMs).toBeGreaterThanOrEqual(2800);
    expect(inMs).toBeLessThan(2950);
  });

  it('ends the wait for an answer', async () => {
    lambda
      .on(InvokeCommand)
      .callsFake(
        (_input, _client) => new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 2000)),
      );
    const send = vi.spyOn(client, 'send');
    call(400).catch(() => {});
    const options = send.mock.calls[0]?.[1] as { readonly abortSignal: AbortSignal } | undefined;
    expect(options?.abortSignal.aborted).toBe(false);
    await vi.waitFor(() => expect(options?.abortSignal.aborted).toBe(true), { timeout: 1000 });
  });

  it('makes no call when there is no time for one', async () => {
    expect(await refusal(call(150))).toMatchObject({ status: 503, code: 'timed-out' });
    expect(lambda.commandCalls(InvokeCommand)).toHaveLength(0);
  });
});

describe('a function that does not answer', () => {
  const late = Object.assign(new Error('late'), { name: 'TimeoutError' });
  const attempts = () => lambda.commandCalls(InvokeCommand).length;
  const fail = async (times: number) => {
    for (let n = 0; n < times; n++) await refusal();
  };

  it.each<[string, () => unknown]>([
    ['times out', () => lambda.on(InvokeCommand).rejects(late)],
    ['cannot be invoked', () => lambda.on(InvokeCommand).rejects(awsError('TooManyRequestsException'))],
    [
      'answers that its time was up',
      () => lambda.on(InvokeCommand).resolves(invoked({ status: 503, body: { code: 'timed-out' } })),
    ],
    [
      'cannot start',
      () => lambda.on(InvokeCommand).resolves(invoked({ status: 503, body: { code: 'plugin-unhealthy' } })),
    ],
  ])('and %s is not called any more after five times in a row', async (_, arrange) => {
    arrange();
    await fail(5);
    expect(await refusal()).toEqual({ status: 503, code: 'plugin-unavailable', retryAfter: '10' });
    expect(attempts()).toBe(5);
    expect(telemetry.counts.get('plugin.circuit.opened')).toBe(1);
    expect(telemetry.counts.get('plugin.calls.rejected')).toBe(1);
    expect(telemetry.lines).toMatchObject([
      { level: 'warn', message: 'Circuit opened', fields: { callee: 'payment/api', failures: 5 } },
    ]);
  });

  it.each([400, 401, 404, 409, 422, 500, 503])('is not one that refuses with %s', async (status) => {
    const body = { code: 'provider-unavailable' };
    lambda.on(InvokeCommand).resolves(invoked({ status, body }));
    await fail(20);
    expect(attempts()).toBe(20);
  });

  it('is tried by one call after ten seconds, and called again when that is answered', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    lambda.on(InvokeCommand).rejects(late);
    await fail(5);
    vi.advanceTimersByTime(10_000);
    let answer = (): void => {};
    lambda
      .on(InvokeCommand)
      .callsFake(
        () => new Promise((resolve) => (answer = () => resolve(invoked({ status: 404, body: {} })))),
      );
    const probe = refusal();
    expect(await refusal()).toMatchObject({ code: 'plugin-unavailable', retryAfter: '1' });
    answer();
    expect(await probe).toMatchObject({ status: 404 });
    lambda.on(InvokeCommand).resolves(invoked({ status: 200, body: {} }));
    expect(await call()).toMatchObject({ status: 200 });
    expect(telemetry.lines.at(-1)).toMatchObject({ level: 'info', message: 'Circuit closed' });
  });

  it('stays closed to calls when the one that tries fails', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    lambda.on(InvokeCommand).rejects(late);
    await fail(5);
    vi.advanceTimersByTime(10_000);
    expect(await refusal()).toMatchObject({ code: 'timed-out' });
    expect(await refusal()).toMatchObject({ code: 'plugin-unavailable', retryAfter: '10' });
    expect(attempts()).toBe(6);
  });

  it('leaves other functions alone, and is asked for its health', async () => {
    lambda.on(InvokeCommand).rejects(late);
    await fail(6);
    const other = caller.operation({ ...request, function: 'reports' }, contextOf());
    expect(await refusal(other)).toMatchObject({ code: 'timed-out' });
    await caller.health('payment', { timeoutMs: 1000 }).catch(() => {});
    expect(attempts()).toBe(7);
  });

  it('needs its failures in a row', async () => {
    for (let n = 0; n < 4; n++) {
      lambda.on(InvokeCommand).rejects(late);
      await fail(4);
      lambda.on(InvokeCommand).resolves(invoked({ status: 404, body: {} }));
      await fail(1);
    }
    expect(attempts()).toBe(20);
  });
});

describe('a typed call', () => {
  const getPayment = remoteOperation({
    plugin: 'payment',
    operation: 'getPayment',
    input: z.strictObject({ id: z.string(), expand: z._default(z.boolean(), false) }),
    output: z.object({ id: z.string(), amountMinor: z.int() }),
  });

  it('sends what its schema makes of the input, and has what it names of the answer', async () => {
    const body = { id: 'pay_1', amountMinor: 100, currency: 'usd' };
    lambda.on(InvokeCommand).resolves(invoked({ status: 200, body }));
    const more = { scopes: ['payments:read'], idempotencyKey: 'k' };
    const reply = await caller.call(getPayment, { id: 'pay_1' }, contextOf(), more);
    const { amountMinor }: { amountMinor: number } = reply.body;
    expect([amountMinor, reply.body]).toEqual([100, { id: 'pay_1', amountMinor: 100 }]);
    expect(sentEvent()).toMatchObject({
      operation: 'getPayment',
      input: { id: 'pay_1', expand: false },
      ...more,
    });
  });

  it('is not made with an input that does not fit', async () => {
    const wrong = caller.call(getPayment, { id: 5 as never }, contextOf());
    await expect(wrong).rejects.toThrow(
      'The input for payment.getPayment does not fit: id must be of type string',
    );
    expect(lambda.commandCalls(InvokeCommand)).toHaveLength(0);
  });

  it('refuses an answer that does not fit, and names no value of it', async () => {
    lambda.on(InvokeCommand).resolves(invoked({ status: 200, body: { id: 'pay_1', amountMinor: 'secret' } }));
    const error = await caller
      .call(getPayment, { id: 'pay_1' }, contextOf())
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 502, code: 'answer-invalid' });
    expect((error as Error).message).toContain('payment.getPayment does not fit: amountMinor');
    expect((error as Error).message).not.toContain('secret');
  });
});
