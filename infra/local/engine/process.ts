import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../errors.ts';
import { freePort } from '../ports.ts';
import { engineClient } from './client.ts';

// The shell waits for the end of its input, which comes when this process ends for whatever reason (also by
// SIGKILL), and then ends the engine. It also ends by itself when the engine does.
const guard =
  'exec 3<&0; "$0" "$@" </dev/null & p=$!; (read -r _ <&3; kill $p 2>/dev/null) & wait $p; exit $?';

/** The running engine. */
interface EngineProcess {
  readonly endpoint: string;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** Starts the program on a free loopback port, in file mode. @throws StartupError when it does not come up */
export async function startProcess(binary: string, file: string): Promise<EngineProcess> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const port = await freePort(0);
    if (port === undefined) throw new StartupError('engine-failed', 'no free port on loopback');
    const args = ['serve', '--host', '127.0.0.1', '--port', String(port), '--db-path', file];
    // Its own process group: Ctrl-C must not end the database while functions finish.
    const child = spawn('sh', ['-c', guard, binary, ...args], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    // Ends the guarding shell when the engine has ended by itself.
    child.once('exit', () => child.stdin.destroy());
    const endpoint = `http://127.0.0.1:${port}`;
    if (await engineAnswers(endpoint, child)) return { endpoint, child, stop: () => stop(child) };
    await stop(child);
  }
  throw new StartupError('engine-failed', `the DynamoDB engine does not start on ${file}: try --reset`);
}

async function engineAnswers(endpoint: string, child: ChildProcess): Promise<boolean> {
  const client = engineClient(endpoint);
  try {
    for (const started = Date.now(); Date.now() - started < 10_000 && child.exitCode === null;) {
      try {
        await client.call('DynamoDB_20120810.ListTables', {});
        return child.exitCode === null;
      } catch {
        await sleep(5);
      }
    }
    return false;
  } finally {
    client.close();
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exit = once(child, 'exit');
  child.stdin?.end();
  await exit;
}
