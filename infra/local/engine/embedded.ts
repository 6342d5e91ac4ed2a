import { makeFolder } from '../state/folder.ts';
import { StartupError } from '../errors.ts';
import { freePort } from '../ports.ts';
import { type EngineStart, startEngineProcess } from './process.ts';

const ATTEMPTS = 3;
const ANSWERS_WITHIN_MS = 10_000;

/**
 * Starts the embedded engine on a free port of loopback, with its tables in a file.
 * @throws StartupError when it does not come up
 */
export async function startEmbedded(
  binary: string,
  stateDir: string,
  file: string,
): Promise<Extract<EngineStart, { readonly endpoint: string }>> {
  makeFolder(stateDir);
  const argsFor = (port: number) => [
    'serve',
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--db-path',
    file,
  ];
  let lastLines: readonly string[] = [];
  // Another process may take the port before the engine does.
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = await freePort();
    const program = { program: binary, argsFor, answersWithinMs: ANSWERS_WITHIN_MS };
    const started = await startEngineProcess(program, port);
    if (started.endpoint !== undefined) return started;
    lastLines = started.lastLines;
  }
  const said = lastLines.length === 0 ? '' : ` (${lastLines.join('; ')})`;
  throw new StartupError(
    'engine-failed',
    `the DynamoDB engine does not start on ${file}${said}: try --reset`,
  );
}
