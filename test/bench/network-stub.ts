import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { Readable, Writable } from 'node:stream';
import { answerTo } from './answers.ts';

/**
 * Replaces the requests of `node:http` and `node:https` by canned answers, so that what remains is the
 * function's own work. Must run before the bundle is imported: bundles keep a reference to `request`.
 */
export function stubNetwork(): void {
  const request = (options: RequestOptions, onResponse?: (response: IncomingMessage) => void) =>
    new StubRequest(options, onResponse) as unknown as ClientRequest;
  for (const module of [http, https]) {
    Object.assign(module, { request, get: request });
  }
}

class StubRequest extends Writable {
  readonly #options: RequestOptions;
  readonly #chunks: Buffer[] = [];
  readonly socket = undefined;
  readonly reusedSocket = true;

  constructor(options: RequestOptions, onResponse: ((response: IncomingMessage) => void) | undefined) {
    super();
    this.#options = options;
    if (onResponse) this.once('response', onResponse);
    // Stripe writes the body only once it has seen a socket that is already connected.
    process.nextTick(() => this.emit('socket', { connecting: false, once: () => {}, on: () => {} }));
  }

  setTimeout(): this {
    return this;
  }
  setNoDelay(): void {}
  setSocketKeepAlive(): void {}
  abort(): void {}
  getHeader(): undefined {
    return undefined;
  }

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    this.#chunks.push(Buffer.from(chunk));
    done();
  }

  override _final(done: () => void): void {
    const { headers = {}, path } = this.#options;
    const answer = answerTo(
      path ?? '/',
      headers as Record<string, string>,
      Buffer.concat(this.#chunks).toString(),
    );
    const response = Object.assign(Readable.from([Buffer.from(JSON.stringify(answer.body))]), {
      statusCode: answer.status,
      statusMessage: 'OK',
      headers: { 'content-type': answer.contentType },
      rawHeaders: [],
      complete: true,
    });
    this.emit('response', response);
    done();
  }
}
