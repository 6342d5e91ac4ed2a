import type * as http from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { answerTo } from './answers.ts';

type OnResponse = (response: IncomingMessage) => void;
type StubClass = new (options: RequestOptions, onResponse?: OnResponse) => ClientRequest;

const HTTP_MODULES: ReadonlySet<string> = new Set(['node:http', 'node:https']);

/** How long an answer takes. */
const LATENCY_MS = Number(process.env.BENCH_LATENCY_MS ?? 0);

/**
 * Replaces the requests of `node:http` and `node:https` by canned answers, so that what remains is the function's own
 * work. Before the bundle is imported it loads both modules for it; bundles that keep a reference to `request` need that.
 */
export function stubNetwork(): void {
  for (const name of HTTP_MODULES) stub(process.getBuiltinModule(name) as typeof http);
  syncBuiltinESMExports();
}

/**
 * The same for bundles that reach the modules through `process.getBuiltinModule`: they are loaded when the bundle asks
 * for them, so that the time is the bundle's.
 */
export function stubNetworkWhenLoaded(): void {
  const load = process.getBuiltinModule.bind(process) as (name: string) => unknown;
  process.getBuiltinModule = ((name: string) => {
    const module = load(name);
    if (HTTP_MODULES.has(name)) stub(module as typeof http);
    return module;
  }) as typeof process.getBuiltinModule;
}

const stubbed = new WeakSet<object>();

function stub(module: typeof http): void {
  if (stubbed.has(module)) return;
  stubbed.add(module);
  let StubRequest: StubClass | undefined;
  const request = (...args: readonly unknown[]): ClientRequest => {
    StubRequest ??= stubRequest();
    // An address may stand in front of the options.
    const [options, onResponse] = typeof args[0] === 'string' ? args.slice(1) : args;
    return new StubRequest(options as RequestOptions, onResponse as OnResponse | undefined);
  };
  Object.assign(module, { request, get: request });
}

/** Made with the first request: streams are loaded by `node:http`, and not before. */
function stubRequest(): StubClass {
  const { Readable, Writable } = process.getBuiltinModule('node:stream');
  const { channel } = process.getBuiltinModule('node:diagnostics_channel');
  // What Node publishes of requests is what their spans are made of.
  const [created, answered] = [
    channel('http.client.request.created'),
    channel('http.client.response.finish'),
  ];

  class StubRequest extends Writable {
    readonly #options: RequestOptions;
    readonly #chunks: Buffer[] = [];
    readonly socket = undefined;
    readonly reusedSocket = true;
    readonly method: string;
    readonly host: string;
    readonly path: string;

    constructor(options: RequestOptions, onResponse: OnResponse | undefined) {
      super();
      this.#options = options;
      this.method = options.method ?? 'GET';
      this.host = options.host ?? options.hostname ?? '';
      this.path = options.path ?? '/';
      if (created.hasSubscribers) created.publish({ request: this });
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
    getHeader(wanted: string): unknown {
      const headers = Object.entries(this.#options.headers ?? {});
      return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
    }

    override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
      this.#chunks.push(Buffer.from(chunk));
      done();
    }

    override _final(done: () => void): void {
      const { headers = {} } = this.#options;
      const answer = answerTo(
        this.path,
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
      const respond = () => {
        if (answered.hasSubscribers) answered.publish({ request: this, response });
        this.emit('response', response);
        done();
      };
      if (LATENCY_MS > 0) setTimeout(respond, LATENCY_MS);
      else respond();
    }
  }
  return StubRequest as unknown as StubClass;
}
