import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a webhook endpoint got. */
export interface Delivered {
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/** A webhook endpoint that keeps what it gets; `respond` chooses the status from the number of calls so far. */
export async function receiver(respond: (calls: number) => number = () => 200) {
  const received: Delivered[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ body: Buffer.concat(chunks).toString(), headers: request.headers });
      response.writeHead(respond(received.length)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { received, close, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks` };
}

export type Control = ReturnType<typeof controlAt>;

/** Calls a control and gives its status and answer. */
export function controlAt(origin: string) {
  return async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${origin}/__sandbox/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : {
            body: typeof body === 'string' ? body : JSON.stringify(body),
            headers: { 'content-type': 'application/json' },
          }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> & Listed };
  };
}

interface Listed {
  readonly count: number;
  readonly error?: { message: string };
  readonly deliveries: {
    id: string;
    event: string;
    object: string;
    state: string;
    type: string;
    attempts: { status?: number; tampered: boolean }[];
  }[];
  readonly requests: {
    method: string;
    path: string;
    status: number | null;
    replayed: boolean;
    fault: boolean;
  }[];
  readonly faults: unknown[];
}
