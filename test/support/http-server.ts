import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestHttp {
  readonly url: string;
  stop(): Promise<void>;
}

export interface TestAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A server on loopback that answers every request as JSON with what `answer` says. */
export async function startHttp(
  answer: (body: string, request: TestRequest) => TestAnswer | Promise<TestAnswer>,
): Promise<TestHttp> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void (async () => {
        const { method = '', url = '', headers } = request;
        const told = await answer(Buffer.concat(chunks).toString('utf8'), { method, url, headers });
        response.writeHead(told.status, { 'content-type': 'application/json', ...told.headers });
        response.end(JSON.stringify(told.body));
      })();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
