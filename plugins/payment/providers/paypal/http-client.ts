import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { AbortError, type HttpClientInterface, type HttpRequest, type HttpResponse } from '@apimatic/core';

/** Far more than the longest list that PayPal answers with. */
const RESPONSE_BYTES_MAX = 8 * 1_048_576;
const FORM = 'application/x-www-form-urlencoded';

/** The body's text, and the type that it has unless a header says so. */
function bodyOf({ body, method, url }: HttpRequest): { readonly text?: string; readonly type?: string } {
  if (body === undefined) return {};
  if (body.type === 'text') return { text: body.content };
  if (body.type === 'form') {
    const pairs = body.content.map(({ key, value }): [string, string] => [key, value]);
    return { text: new URLSearchParams(pairs).toString(), type: FORM };
  }
  throw new TypeError(`${method} ${url} has a body of type ${body.type}, which this client cannot send`);
}

function headersOf(request: HttpRequest): Record<string, string | number> {
  const { text, type } = bodyOf(request);
  const own = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    ...(type !== undefined && { 'content-type': type }),
    ...(text !== undefined && { 'content-length': Buffer.byteLength(text) }),
    ...(Object.fromEntries(own) as Record<string, string>),
  };
}

/** A body is longer than it may be. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** The body of an answer. @throws BodyTooLargeError without reading further */
export async function boundedBody(
  body: AsyncIterable<Uint8Array> | null,
  bytesMax = RESPONSE_BYTES_MAX,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > bytesMax) throw new BodyTooLargeError();
  }
  return Buffer.concat(chunks);
}

async function responseOf(message: IncomingMessage): Promise<HttpResponse> {
  const body = await boundedBody(message as AsyncIterable<Uint8Array>);
  const headers = Object.entries(message.headers).map(([name, value]) => [name, String(value)]);
  return {
    statusCode: message.statusCode ?? 0,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: body.toString(),
  };
}

/**
 * The HTTP client of PayPal's SDK by Node's own modules; the one that the SDK brings takes longer to load than the SDK.
 * It follows no redirects. @throws AbortError by the call's signal, Error with `code` when no response came in time
 */
export const httpClient =
  (timeoutMs: number): HttpClientInterface =>
  async (request, { abortSignal } = {}) => {
    if (abortSignal?.aborted) throw new AbortError('The HTTP call was aborted.');
    const { method, url } = request;
    const signals = [AbortSignal.timeout(timeoutMs), ...(abortSignal ? [abortSignal] : [])];
    const signal = AbortSignal.any(signals);
    const { request: send } = url.startsWith('http:') ? http : https;
    try {
      return await new Promise<HttpResponse>((resolve, reject) => {
        const sent = send(url, { method, headers: headersOf(request), signal }, (message) => {
          responseOf(message).then(resolve, reject);
        });
        sent.once('error', reject).end(bodyOf(request).text);
      });
    } catch (error) {
      if (abortSignal?.aborted) throw new AbortError('The HTTP call was aborted.');
      if (!signal.aborted) throw error;
      const late = new Error(`no response in ${timeoutMs} ms`, { cause: error });
      throw Object.assign(late, { code: 'ETIMEDOUT' });
    }
  };
