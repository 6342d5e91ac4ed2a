import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AbortError, type HttpRequest } from '@apimatic/core';
import { afterEach, expect, test } from 'vitest';
import { httpClient } from '../../../../../../plugins/payment/providers/paypal/http-client.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Origin of a server that answers as given. */
async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method, url, headers } = request;
    response.writeHead(201, { 'PayPal-Debug-Id': 'd1', 'content-type': 'application/json' });
    response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }));
  });
};
const silent: RequestListener = () => undefined;

test('sends text and forms, and answers with status, headers and text', async () => {
  const origin = await serve(echo);
  const send = httpClient(5_000);
  const headers = { 'Content-Type': 'application/json', Authorization: 'Bearer t' };
  const text: HttpRequest = {
    method: 'POST',
    url: `${origin}/v2/checkout/orders?a=1`,
    headers,
    body: { type: 'text', content: '{"name":"Zoë"}' },
  };
  const answer = await send(text);
  expect(answer).toMatchObject({ statusCode: 201, headers: { 'paypal-debug-id': 'd1' } });
  expect(JSON.parse(answer.body as string)).toMatchObject({
    method: 'POST',
    url: '/v2/checkout/orders?a=1',
    headers: { 'content-type': 'application/json', authorization: 'Bearer t', 'content-length': '15' },
    body: '{"name":"Zoë"}',
  });
  const content = [
    { key: 'grant_type', value: 'client_credentials' },
    { key: 'scope', value: 'a b&c' },
  ];
  const form = await send({ method: 'POST', url: origin, body: { type: 'form', content } });
  expect(JSON.parse(form.body as string)).toMatchObject({
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials&scope=a+b%26c',
  });
});

test('follows no redirects', async () => {
  const origin = await serve((_, response) => response.writeHead(302, { location: '/elsewhere' }).end());
  const { statusCode, headers } = await httpClient(5_000)({ method: 'GET', url: origin });
  expect({ statusCode, location: headers['location'] }).toEqual({ statusCode: 302, location: '/elsewhere' });
});

test('an answer that does not come in time is an error with a code', async () => {
  const origin = await serve(silent);
  const call = httpClient(50)({ method: 'GET', url: origin });
  await expect(call).rejects.toMatchObject({ code: 'ETIMEDOUT', message: 'no response in 50 ms' });
});

test('the time is that of the whole answer', async () => {
  const origin = await serve((_, response) => response.writeHead(200).write('{'));
  await expect(httpClient(50)({ method: 'GET', url: origin })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
});

test('a connection that breaks is an error with the code of the system', async () => {
  const origin = await serve((request) => request.socket.destroy());
  const call = httpClient(5_000)({ method: 'GET', url: origin });
  await expect(call).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('an answer that breaks off is an error', async () => {
  const origin = await serve((_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('{');
    setTimeout(() => response.destroy(), 20);
  });
  await expect(httpClient(5_000)({ method: 'GET', url: origin })).rejects.toThrow('aborted');
});

test('a signal aborts the call, before and while it runs', async () => {
  const origin = await serve(silent);
  const controller = new AbortController();
  const running = httpClient(5_000)({ method: 'GET', url: origin }, { abortSignal: controller.signal });
  setTimeout(() => controller.abort(), 20);
  await expect(running).rejects.toBeInstanceOf(AbortError);
  const late = httpClient(5_000)({ method: 'GET', url: origin }, { abortSignal: controller.signal });
  await expect(late).rejects.toBeInstanceOf(AbortError);
});

test('a body that it cannot send is refused before anything is sent', async () => {
  const body = { type: 'form-data' as const, content: [{ key: 'a', value: 'b' }] };
  const call = httpClient(5_000)({ method: 'POST', url: 'http://127.0.0.1:1', body });
  await expect(call).rejects.toThrow('has a body of type form-data, which this client cannot send');
});
