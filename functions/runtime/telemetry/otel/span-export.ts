import type { Readable } from 'node:stream';
import { context, ROOT_CONTEXT, type Attributes } from '@opentelemetry/api';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createAwsClient } from '../../aws/client.ts';
import type { Log } from '../../contract/log.ts';
import { redactingReplacer } from '../../redact.ts';
import { within } from '../../within.ts';

/** Sends spans as OTLP/HTTP with JSON. */
type Send = (body: string) => Promise<void>;

const REQUEST_TIMEOUT_MS = 2000;
/** Of one invocation; X-Ray takes 10,000 in one request. */
const SPANS_MAX = 2000;
const HEADERS = { 'content-type': 'application/json' };

/** X-Ray's OTLP endpoint, as the function's role. Source: Amazon CloudWatch user guide, "OTLP endpoints". */
function sendToXray(): Send {
  const client = createAwsClient('xray', { maxAttempts: 1, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  return async (body) => void (await client.send({ path: '/v1/traces', headers: HEADERS, body }));
}

function sendTo(endpoint: string): Send {
  const { protocol, hostname, port, pathname } = new URL(endpoint);
  const handler = new NodeHttpHandler({
    connectionTimeout: 1000,
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  });
  return async (body) => {
    const request = {
      protocol,
      hostname,
      path: pathname,
      method: 'POST',
      query: {},
      body,
      headers: { ...HEADERS, 'content-length': String(Buffer.byteLength(body)) },
      ...(port !== '' && { port: Number(port) }),
    };
    const { response } = await handler.handle(request as unknown as Parameters<NodeHttpHandler['handle']>[0]);
    (response.body as Readable).resume();
    if (response.statusCode >= 300) throw new Error(`the endpoint answered ${response.statusCode}`);
  };
}

function redact(attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    attributes[name] = redactingReplacer(name, value);
  }
}

/** Keeps the spans of an invocation, without what looks like a secret, until they are sent together. */
export function createSpanExport(endpoint: string, log: Pick<Log, 'warn'>) {
  const send = endpoint === 'xray' ? sendToXray() : sendTo(endpoint);
  let ended: ReadableSpan[] = [];
  let hasWarned = false;

  const processor: SpanProcessor = {
    onStart() {},
    onEnd(span) {
      if ((span.spanContext().traceFlags & 1) === 0 || ended.length >= SPANS_MAX) return;
      redact(span.attributes);
      for (const { attributes } of span.events) redact(attributes ?? {});
      ended.push(span);
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };

  async function sendAll(): Promise<void> {
    const body = JsonTraceSerializer.serializeRequest(ended);
    ended = [];
    if (!body) return;
    try {
      // Outside of the trace: the call that sends spans makes none.
      await context.with(ROOT_CONTEXT, () => send(new TextDecoder().decode(body)));
    } catch (error) {
      if (!hasWarned) log.warn('Spans could not be sent', { error: String(error) });
      hasWarned = true;
    }
  }

  return {
    processor,
    async flush(timeoutMs: number): Promise<void> {
      if (ended.length > 0) await within(sendAll(), timeoutMs, () => {});
    },
  };
}
