import { createServer } from 'node:net';

/** A free port of loopback. @param wanted 0 takes any @returns undefined when it is taken */
export async function freePort(wanted: number): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const probe = createServer();
  probe.once('error', () => resolve(undefined));
  probe.listen(wanted, '127.0.0.1', () => {
    const address = probe.address();
    const port = typeof address === 'object' && address !== null ? address.port : undefined;
    probe.close(() => resolve(port));
  });
  return promise;
}
