import type { IncomingMessage } from 'node:http';
import { type HttpResponse, json } from '../http/response.ts';

/** A provider's sandbox that runs beside the system. */
export interface SandboxAddress {
  /** The plugin that declares it. */
  readonly plugin: string;
  readonly name: string;
  readonly url: string;
}

/** What a page of this system's own origin asks a sandbox, which is another origin. */
export interface SandboxRequest {
  readonly request: IncomingMessage;
  readonly name: string;
  /** Below the sandbox's origin, without the first slash. */
  readonly path: string;
  readonly body: Buffer;
}

const ANSWER_WITHIN_MS = 30_000;
const ANSWER_MAX_BYTES = 8 * 1024 * 1024;

/** Of one connection (RFC 9110, section 7.6.1), of this origin, or set anew by whoever sends. */
const NOT_PASSED = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'cookie',
  'date',
  'expect',
  'host',
  'keep-alive',
  'origin',
  'proxy-authorization',
  'proxy-connection',
  'referer',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Passes a request on to one of the sandboxes that run, and what it answers back, redirections among it. */
export async function askSandbox(
  sandboxes: readonly SandboxAddress[],
  { request, name, path, body }: SandboxRequest,
): Promise<HttpResponse> {
  const sandbox = sandboxes.find((one) => one.name === name);
  if (sandbox === undefined) {
    const known = sandboxes.map((one) => one.name).join(', ') || 'none';
    return json(404, {
      code: 'sandbox-unknown',
      message: `there is no sandbox ${name}; these run: ${known}`,
    });
  }
  const [, query] = (request.url ?? '').split(/\?(.*)/s);
  const method = request.method ?? 'GET';
  const hasBody = body.length > 0 && method !== 'GET' && method !== 'HEAD';
  try {
    // The path stands behind the sandbox's origin as text, so that no path can name another one.
    const answer = await fetch(`${sandbox.url}/${path}${query === undefined ? '' : `?${query}`}`, {
      method,
      headers: passed(Object.entries(request.headers)),
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      ...(hasBody && { body: new Uint8Array(body) }),
    });
    const text = await readAnswer(answer);
    if (text === undefined)
      return refusal('sandbox-answer-too-large', `${name} answered with more than ${ANSWER_MAX_BYTES} bytes`);
    return { status: answer.status, headers: passed([...answer.headers]), body: text };
  } catch (error) {
    return refusal('sandbox-unreachable', `${name} gave no answer: ${reasonOf(error)}`);
  }
}

const refusal = (code: string, message: string): HttpResponse => json(502, { code, message });

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `none within ${ANSWER_WITHIN_MS / 1000} s`;
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
  return code ?? message;
}

function passed(headers: Iterable<readonly [string, string | readonly string[] | undefined]>) {
  const kept: Record<string, string> = {};
  for (const [name, value] of headers) {
    if (value === undefined || NOT_PASSED.has(name) || name.startsWith('sec-')) continue;
    kept[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return kept;
}

/** @returns undefined when it is longer than it may be */
async function readAnswer({ body }: Response): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > ANSWER_MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
