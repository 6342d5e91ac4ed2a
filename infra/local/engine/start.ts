import { join } from 'node:path';
import { StartupError } from '../errors.ts';
import { makeFolder } from '../state/folder.ts';
import type { Terminal } from '../types.ts';
import { engineBinary } from './binary.ts';
import { engineClient, type EngineClient } from './client.ts';
import { startProcess } from './process.ts';
import { openStreamStore, type StreamStore } from './stream-store.ts';
import type { Engine } from './types.ts';

const writes = /\.(Put|Update|Delete|BatchWrite|TransactWrite|Execute|BatchExecute)/;

/** Where the engine keeps its data, or which one to use instead. */
interface EngineOptions {
  /** Directory of the database file; it must be locked by `openState` first. */
  readonly stateDir: string;
  readonly terminal: Terminal;
  /** Another DynamoDB to use instead, e.g. on a platform without the package. */
  readonly endpoint?: string | undefined;
}

/** Starts the database of the local system. @throws StartupError when there is none to start */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const endpoint = options.endpoint ?? process.env['DYNAMODB_ENDPOINT'];
  if (endpoint) return externalEngine(endpoint);
  const binary = engineBinary();
  makeFolder(options.stateDir);
  const file = join(options.stateDir, 'dynamodb.sqlite');
  const started = await startProcess(binary, file);
  const store = openStreamStore(file);
  let stopping = false;
  started.child.once('exit', () => {
    if (!stopping) options.terminal.error('the DynamoDB engine stopped; start again');
  });
  return assemble(started.endpoint, store, async () => {
    stopping = true;
    store.close();
    await started.stop();
  });
}

async function externalEngine(endpoint: string): Promise<Engine> {
  const nothing = { trim: () => undefined, clear: () => undefined, close: () => undefined };
  const engine = assemble(endpoint, nothing, async () => undefined);
  try {
    await engine.call('DynamoDB_20120810.ListTables', {});
    return engine;
  } catch (cause) {
    await engine.stop();
    throw new StartupError(
      'engine-unreachable',
      `DYNAMODB_ENDPOINT ${endpoint} does not answer as DynamoDB`,
      { cause },
    );
  }
}

function assemble(endpoint: string, store: StreamStore, stop: () => Promise<void>): Engine {
  const client: EngineClient = engineClient(endpoint);
  const listeners = new Set<() => void>();
  const after = <T>(target: string, answer: T): T => {
    if (writes.test(target)) for (const listener of listeners) listener();
    return answer;
  };
  return {
    endpoint,
    send: async (target, body) => after(target, await client.send(target, body)),
    call: async <T>(target: string, input: unknown) => after(target, await client.call<T>(target, input)),
    onWrite(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    trimStream: (table, through) => store.trim(table, through),
    clearStream: (table) => store.clear(table),
    async stop() {
      client.close();
      await stop();
    },
  };
}
