import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { StartupError } from './errors.ts';

/**
 * Where a free port is looked for: below the ports that systems give to outgoing connections (from 32768 on Linux, from
 * 49152 on macOS and Windows), so that no connection takes it before the process that it is meant for listens.
 */
const CHOSEN_FROM = [15_000, 32_767] as const;
const ATTEMPTS = 50;

/** A port of loopback that nothing listens on. @throws StartupError when none is found */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(...CHOSEN_FROM);
    if (await isPortFree(port)) return port;
  }
  throw new StartupError('port-in-use', 'no free port on loopback');
}

/** Whether nothing listens on a port of loopback. */
export async function isPortFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = createServer();
  probe.once('error', () => resolve(false));
  probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  return promise;
}
