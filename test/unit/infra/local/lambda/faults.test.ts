import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FaultRequest } from '#infra/local/lambda/faults.ts';
import { startFunctions } from './fixture.ts';

/** Makes the calls it is asked for, one after the other, and answers the result of each. */
const caller = `
  import http from 'node:http';
  import { request as namedRequest } from 'node:http';
  const viaHttp = (request) => (url) => new Promise((resolve) => {
    const outgoing = request(url, { method: 'POST', headers: { 'x-amz-target': 'DynamoDB_20120810.PutItem' } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    outgoing.on('error', (error) => resolve(error.code));
    outgoing.end('{}');
  });
  const doors = {
    module: viaHttp((...args) => http.request(...args)),
    named: viaHttp((...args) => namedRequest(...args)),
    fetch: (url) => fetch(url, { method: 'POST' }).then((response) => response.status, (error) => error.cause.code),
  };
  export const handler = async ({ urls, door = 'module' }) => {
    const outcomes = [];
    for (const url of urls) outcomes.push(await doors[door](url));
    return { outcomes };
  };`;

const functionName = 'anineeplus-local-test-api';
const fault = (more: Partial<FaultRequest>): FaultRequest => ({
  functionName,
  kind: 'fail',
  target: 'aws',
  n: 1,
  when: 'before',
  ...more,
});

let system: Awaited<ReturnType<typeof startFunctions>>;
let aws: Server;
let provider: Server;
let seen: string[];

const serve = async (name: string) => {
  const server = createServer((request, response) => {
    seen.push(name);
    request.resume().on('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};
const originOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeEach(async () => {
  seen = [];
  [aws, provider] = await Promise.all([serve('aws'), serve('provider')]);
  system = await startFunctions({ api: caller }, { timeoutSeconds: 1 }, { awsEndpoint: () => originOf(aws) });
});
afterEach(async () => {
  await system.stop();
  for (const server of [aws, provider]) {
    server.close();
    server.closeAllConnections();
  }
});

const call = (door?: string) =>
  system.call('api', { urls: [originOf(aws), originOf(provider), originOf(aws), originOf(provider)], door });

describe.each(['module', 'named', 'fetch'])('a call through %s', (door) => {
  it('is recognised as one to AWS or to a provider', async () => {
    expect((await call(door)).body.outcomes).toEqual([200, 200, 200, 200]);
    await vi.waitFor(() => {
      const [record] = system.invocations.list();
      expect(record?.providerCalls).toEqual([`POST ${originOf(provider)}/`, `POST ${originOf(provider)}/`]);
      expect(record?.awsCalls).toHaveLength(2);
      if (door !== 'fetch') expect(record?.awsCalls[0]).toBe('DynamoDB_20120810.PutItem');
    });
  });

  it('that fails before it left was never seen by the other side', async () => {
    system.faults.add(fault({ n: 2, target: 'provider', when: 'before' }));
    expect((await call(door)).body.outcomes).toEqual([200, 200, 200, 'ECONNRESET']);
    expect(seen).toEqual(['aws', 'provider', 'aws']);
  });

  it('that fails after it was served is only unknown to the caller', async () => {
    system.faults.add(fault({ n: 1, target: 'aws', when: 'after' }));
    expect((await call(door)).body.outcomes).toEqual(['ECONNRESET', 200, 200, 200]);
    expect(seen).toEqual(['aws', 'provider', 'aws', 'provider']);
  });
});

it.each([
  ['before', ['aws', 'provider']],
  ['after', ['aws', 'provider', 'aws']],
] as const)('a crash %s the second AWS call ends the process there, once', async (when, expected) => {
  system.faults.add(fault({ kind: 'crash', n: 2, when }));
  expect((await call()).body).toMatchObject({
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringMatching(/signal: killed$/),
  });
  expect(seen).toEqual(expected);
  await vi.waitFor(() => expect(system.faults.list()).toEqual([]));
  expect((await call()).functionError).toBeUndefined();
});

it('a hang lasts until the timeout', async () => {
  system.faults.add(fault({ kind: 'hang', target: 'provider', when: 'after' }));
  expect((await call()).body.errorType).toBe('Sandbox.Timedout');
  expect(seen).toEqual(['aws', 'provider']);
});

it('calls are counted over invocations, and a fault of another function is not injected', async () => {
  system.faults.add(fault({ n: 3 }));
  system.faults.add(fault({ functionName: 'anineeplus-local-test-other' }));
  await call();
  await vi.waitFor(() => expect(system.faults.list()[0]?.n).toBe(1));
  expect((await call()).body.outcomes).toEqual(['ECONNRESET', 200, 200, 200]);
  system.faults.clear();
  expect(system.faults.list()).toEqual([]);
});

it('calls of an environment that starts are not counted, and no fault hits them', async () => {
  const reading = `
    const { default: http } = await import('node:http');
    const call = () => new Promise((resolve) => {
      const outgoing = http.request(process.env.AWS_ENDPOINT_URL, { method: 'POST' }, (response) => response.resume().on('end', () => resolve(200)));
      outgoing.on('error', (error) => resolve(error.code));
      outgoing.end('{}');
    });
    const first = await call();
    export const handler = async () => [first, await call()];`;
  await system.stop();
  system = await startFunctions({ api: reading }, {}, { awsEndpoint: () => originOf(aws) });
  system.faults.add(fault({ n: 1 }));
  expect((await call()).body).toEqual([200, 'ECONNRESET']);
  await vi.waitFor(() => expect(system.faults.list()).toEqual([]));
});
