import type { Manifest } from '#infra/manifest/schema.ts';
import { type Check, fail, ok } from './check.ts';
import { listenerOf, portFault } from './listeners.ts';

interface WantedPort {
  readonly name: string;
  readonly port: number;
  /** How to take another one. */
  readonly option: string;
}

/** The ports that `npm start` takes. */
function wantedPorts(apiPort: number, manifests: readonly Manifest[]): readonly WantedPort[] {
  const sandboxes = manifests.flatMap(({ sandbox }) => Object.entries(sandbox));
  return [
    { name: 'API', port: apiPort, option: '--port <number>' },
    ...sandboxes.map(([name, { port }]) => {
      return { name: `${name} sandbox`, port, option: `--sandbox-port ${name}=<number>` };
    }),
  ];
}

/** Names the process that listens on a port, perhaps for an administrator alone. */
export function findCommand(port: number, platform: string = process.platform): string {
  return platform === 'win32' ? `netstat -ano | findstr :${port}` : `lsof -nP -iTCP:${port} -sTCP:LISTEN`;
}

/**
 * Whether each port is free, or else who has it.
 * @param runnerPid of the system that runs with the state folder, which may have them
 */
export function checkPorts(
  apiPort: number,
  manifests: readonly Manifest[],
  runnerPid: number | undefined,
): Promise<readonly Check[]> {
  return Promise.all(
    wantedPorts(apiPort, manifests).map(async ({ name, port, option }): Promise<Check> => {
      const what = `port ${port}`;
      const fault = await portFault(port);
      if (fault === undefined) return ok(what, `free for the ${name}`);
      const otherwise = `choose another with npm start -- ${option}`;
      if (fault !== 'EADDRINUSE') return fail(what, `cannot be used for the ${name} (${fault})`, otherwise);
      const owner = listenerOf(port);
      if (owner === undefined) {
        return fail(
          what,
          'in use by a process that cannot be seen from here',
          `find it with: ${findCommand(port)}; stop it, or ${otherwise}`,
        );
      }
      if (runnerPid !== undefined && [owner.pid, ...owner.parents].includes(runnerPid)) {
        return ok(what, `the ${name} of the system that runs (process ${runnerPid})`);
      }
      return fail(what, `in use by process ${owner.pid}: ${owner.command}`, `stop that one, or ${otherwise}`);
    }),
  );
}
