import { Agent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { type Json } from '#testing/client.ts';

/** A request as it goes over the wire: its path is not normalized, and a header may stand there twice. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Buffer | undefined;
  /** Sends the body without its length. */
  readonly chunked?: boolean;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request. @throws Error when it is not answered in time */
export type Send = (request: RawRequest) => Promise<RawAnswer>;

const CONNECTIONS = 8;

/** A client of one server that keeps a few connections open. @param answeredWithinMs how long an answer may take */
export function rawClient(origin: string, answeredWithinMs = 30_000) {
  const { hostname, port, host } = new URL(origin);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const send: Send = (request) =>
    attempt(request).catch((error: unknown) => {
      // The server closed an idle connection just when it was used again: nothing was read of the request.
      if ((error as { readonly isReused?: boolean }).isReused) return attempt(request);
      throw error;
    });
  const attempt: Send = ({ method, path, headers = [], body, chunked = false }) =>
    new Promise((resolve, reject) => {
      const bytes = body === undefined ? undefined : Buffer.from(body);
      const lines = [...headers];
      const has = (name: string) => lines.some(([given]) => given.toLowerCase() === name);
      if (!has('host')) lines.push(['host', host]);
      if (bytes !== undefined && !has('content-length') && !has('transfer-encoding'))
        lines.push(chunked ? ['transfer-encoding', 'chunked'] : ['content-length', String(bytes.length)]);
      const sent = httpRequest({ hostname, port, agent, method, path, headers: lines.flat() }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          clearTimeout(timer);
          const { statusCode: status = 0, headers: answered } = response;
          resolve({ status, headers: answered, text: Buffer.concat(chunks).toString('utf8') });
        });
      });
      const timer = setTimeout(
        () => sent.destroy(new Error(`${method} ${path.slice(0, 200)}: no answer in ${answeredWithinMs} ms`)),
        answeredWithinMs,
      );
      sent.on('error', (error) => {
        clearTimeout(timer);
        const isReused = sent.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
        reject(Object.assign(error, { isReused }));
      });
      sent.end(bytes);
    });
  return { send, close: () => agent.destroy() };
}

/** Does something for every item, a few at a time. @returns what came of each, in the order of the items */
export async function forEach<T, R>(
  items: readonly T[],
  act: (item: T, index: number) => Promise<R>,
  atOnce = CONNECTIONS,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const work = async () => {
    for (const [index, item] of queue) results[index] = await act(item, index);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

/** The JSON of an answer; undefined for another text. */
export function jsonOf({ text }: Pick<RawAnswer, 'text'>): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
