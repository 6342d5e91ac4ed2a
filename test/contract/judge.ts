import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { faulty, loadOracle, present, title } from '../unit/plugins/payment/sandbox/oracle.ts';

/** Where an adapter is pointed to, and what was found wrong on the way. */
export interface Judge {
  readonly origin: string;
  /** How many requests were judged. */
  count(): number;
  faults(): unknown[];
  close(): Promise<void>;
}

/** The oracle in front of a sandbox when it is there; `unknown` are the paths that its description lacks. */
export async function judgeFor(
  provider: 'stripe' | 'paypal',
  sandbox: string,
  unknown?: RegExp,
): Promise<Judge> {
  if (!present) return { origin: sandbox, count: () => 0, faults: () => [], close: async () => {} };
  const oracle = await loadOracle(provider, sandbox);
  const judged = `http://127.0.0.1:${await oracle.listen(0)}`;
  const fork = await forkTo((path) => (unknown?.test(path) === true ? sandbox : judged));
  return {
    origin: fork.origin,
    count: () => oracle.verdicts.length,
    faults: () => faulty(oracle),
    close: async () => {
      await fork.close();
      await oracle.close();
    },
  };
}

/** Says how many requests were judged, or why none was. */
export function report(name: string, count: number): void {
  process.stdout.write(`${name}: ${present ? `${count} requests judged by the oracle` : title}\n`);
}

async function forkTo(targetOf: (path: string) => string) {
  const server = createServer((incoming, answer) => {
    const { headers, method, url = '/' } = incoming;
    const target = new URL(url, targetOf(url));
    const outgoing = httpRequest(target, { method, headers: { ...headers, host: target.host } }, (from) => {
      answer.writeHead(from.statusCode ?? 502, from.headers);
      from.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
