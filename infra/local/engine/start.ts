import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../errors.ts';
import type { Terminal } from '../types.ts';
import { ENGINE_VERSION } from './binary.ts';
import { chooseEngine, type EngineSearch } from './choose.ts';
import { engineClient, type EngineClient } from './client.ts';
import { DYNAMODB_LOCAL_FOLDER, startDynamodbLocal } from './dynamodb-local.ts';
import { startEmbedded } from './embedded.ts';
import { noEngineText } from './no-engine.ts';
import { openStreamStore, type StreamStore } from './stream-store.ts';
import type { Engine } from './types.ts';

const writes = /\.(Put|Update|Delete|BatchWrite|TransactWrite|Execute|BatchExecute)/;

const EMBEDDED_FILE = 'dynamodb.sqlite';
const EXTERNAL_ANSWERS_WITHIN_MS = 5_000;

/** Another DynamoDB removes the records of its streams by itself, and gives a new stream a new ARN. */
const noStreamStore: StreamStore = { trim: () => undefined, clear: () => undefined, close: () => undefined };

/** Where the engine keeps its data, or which one to use instead. */
interface EngineOptions extends EngineSearch {
  /** Directory of the database file; it must be locked by `openState` first. */
  readonly stateDir: string;
  readonly terminal: Terminal;
  /** Told of what takes a while. */
  readonly progress?: (detail: string) => void;
  /** Ends what takes a while. */
  readonly signal?: AbortSignal;
}

/** Starts the database of the local system. @throws StartupError when there is none to start */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const choice = await chooseEngine(options);
  switch (choice.kind) {
    case 'endpoint':
      warnOfTables(options, undefined);
      return externalEngine(choice.endpoint);
    case 'embedded':
      warnOfTables(options, EMBEDDED_FILE);
      return embeddedEngine(choice.packageName, choice.binary, options);
    case 'container':
      warnOfTables(options, DYNAMODB_LOCAL_FOLDER);
      return containerEngine(choice.program, options);
    case 'none':
      throw new StartupError('engine-missing', noEngineText(options.machine ?? process, choice.silent));
  }
}

/** The tables of a state folder stay with the engine that made them. */
function warnOfTables({ stateDir, terminal }: EngineOptions, own: string | undefined): void {
  for (const name of [EMBEDDED_FILE, DYNAMODB_LOCAL_FOLDER]) {
    if (name === own || !existsSync(join(stateDir, name))) continue;
    terminal.warn(
      `${basename(stateDir)}/${name} has tables of another engine, which are not seen: ` +
        'start with that engine again, or with --reset',
    );
  }
}

async function embeddedEngine(
  packageName: string,
  binary: string,
  { stateDir, terminal }: EngineOptions,
): Promise<Engine> {
  const file = join(stateDir, EMBEDDED_FILE);
  const started = await startEmbedded(binary, stateDir, file);
  const store = openStreamStore(file);
  const stopping = reportEnd(started.child, terminal);
  return assemble(`${packageName} ${ENGINE_VERSION}`, started.endpoint, store, async () => {
    stopping();
    store.close();
    await started.stop();
  });
}

async function containerEngine(program: string, options: EngineOptions): Promise<Engine> {
  const { stateDir, terminal, progress = () => {}, signal } = options;
  const started = await startDynamodbLocal({ program, stateDir, progress, signal });
  const stopping = reportEnd(started.child, terminal);
  return assemble(`DynamoDB Local in ${program}`, started.endpoint, noStreamStore, async () => {
    stopping();
    await started.stop();
  });
}

/** Reports an engine that ends before it was asked to. @returns tells that it is asked to now */
function reportEnd(child: ChildProcess, terminal: Terminal): () => void {
  let stopping = false;
  child.once('exit', () => {
    if (!stopping) terminal.error('the DynamoDB engine stopped; start again');
  });
  return () => void (stopping = true);
}

async function externalEngine(endpoint: string): Promise<Engine> {
  const refused = (cause: unknown) =>
    new StartupError(
      'engine-unreachable',
      `DYNAMODB_ENDPOINT ${endpoint} does not answer as DynamoDB: start what it names, or unset it to have another engine`,
      { cause },
    );
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? ''))
    throw new StartupError(
      'engine-unreachable',
      `DYNAMODB_ENDPOINT is ${endpoint}: write an address such as http://127.0.0.1:8000`,
    );
  const engine = assemble(`${endpoint}, by DYNAMODB_ENDPOINT`, endpoint, noStreamStore, async () => {});
  const late = sleep(EXTERNAL_ANSWERS_WITHIN_MS, undefined, { ref: false }).then(() => {
    throw new Error(`no answer within ${EXTERNAL_ANSWERS_WITHIN_MS} ms`);
  });
  try {
    await Promise.race([engine.call('DynamoDB_20120810.ListTables', {}), late]);
    return engine;
  } catch (cause) {
    await engine.stop();
    throw refused(cause);
  }
}

function assemble(name: string, endpoint: string, store: StreamStore, stop: () => Promise<void>): Engine {
  const client: EngineClient = engineClient(endpoint);
  const listeners = new Set<() => void>();
  const after = <T>(target: string, answer: T): T => {
    if (writes.test(target)) for (const listener of listeners) listener();
    return answer;
  };
  return {
    name,
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
