import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { StartupError } from '../errors.ts';
import { freePort } from '../ports.ts';
import { makeFolder } from '../state/folder.ts';
import { runContainerCommand } from './container-engine.ts';
import { type EngineStart, startEngineProcess } from './process.ts';

/** AWS's DynamoDB Local, with its registry, since podman asks which one is meant. */
export const DYNAMODB_LOCAL = 'docker.io/amazon/dynamodb-local:3.3.1';

/** The folder of its database inside the state folder. */
export const DYNAMODB_LOCAL_FOLDER = 'dynamodb-local';

const ANSWERS_WITHIN_MS = 60_000;

/** In which container engine it runs, and where its data is kept. */
interface DynamodbLocalOptions {
  /** `docker`, or another one with the same arguments. */
  readonly program: string;
  readonly stateDir: string;
  readonly progress: (detail: string) => void;
  /** Ends the download of the image. */
  readonly signal?: AbortSignal | undefined;
}

/** Name of the container of a state folder: one that is there already was left by a runner that was killed. */
export const containerName = (stateDir: string): string =>
  `anineeplus-dynamodb-${createHash('sha256').update(resolve(stateDir)).digest('hex').slice(0, 12)}`;

/**
 * Runs DynamoDB Local in a container that only this machine can reach, and that is removed when it ends.
 * @throws StartupError with what the container engine said
 */
export async function startDynamodbLocal(
  options: DynamodbLocalOptions,
): Promise<Extract<EngineStart, { readonly endpoint: string }>> {
  const { program, stateDir, progress } = options;
  const folder = join(resolve(stateDir), DYNAMODB_LOCAL_FOLDER);
  makeFolder(folder);
  const name = containerName(stateDir);
  await remove(program, name);
  await pullOnce(options);
  progress(`starting DynamoDB Local in ${program}`);
  const port = await freePort();
  const argsFor = (hostPort: number) => runArguments(program, name, hostPort, folder);
  const started = await startEngineProcess({ program, argsFor, answersWithinMs: ANSWERS_WITHIN_MS }, port);
  if (started.endpoint === undefined) {
    await remove(program, name);
    throw new StartupError(
      'engine-failed',
      `DynamoDB Local does not start in ${program}: ${started.lastLines.join('; ') || 'it said nothing'}\n` +
        `The container must be able to use ${folder}: where it cannot, choose a folder that ${program} shares, ` +
        'with npm start -- --state <folder>',
    );
  }
  return {
    ...started,
    async stop() {
      await started.stop();
      await remove(program, name);
    },
  };
}

/** Of `run`: as AWS documents it, with the data in a folder of this machine and without telemetry. */
function runArguments(program: string, name: string, port: number, folder: string): readonly string[] {
  return [
    'run',
    '--rm',
    '--name',
    name,
    '--publish',
    `127.0.0.1:${port}:8000`,
    '--mount',
    `type=bind,source=${folder},target=/home/dynamodblocal/data`,
    '--workdir',
    '/home/dynamodblocal',
    // The user of the image may not write in a folder of somebody else.
    '--user',
    'root',
    // SELinux would keep the folder from the container.
    ...(program === 'podman' ? ['--security-opt', 'label=disable'] : []),
    DYNAMODB_LOCAL,
    '-jar',
    'DynamoDBLocal.jar',
    '-sharedDb',
    '-dbPath',
    './data',
    '-disableTelemetry',
  ];
}

/** @throws StartupError when the image cannot be had */
async function pullOnce({ program, progress, signal }: DynamodbLocalOptions): Promise<void> {
  const found = await runContainerCommand(program, ['image', 'inspect', DYNAMODB_LOCAL], signal);
  if (found?.code === 0) return;
  progress(`downloading ${DYNAMODB_LOCAL} with ${program}, once`);
  const pulled = await runContainerCommand(program, ['pull', DYNAMODB_LOCAL], signal);
  if (pulled?.code === 0) return;
  throw new StartupError(
    'engine-failed',
    `${program} pull ${DYNAMODB_LOCAL} failed: ${pulled?.said || 'it said nothing'}\n` +
      'Check the connection, or name a DynamoDB that runs already with DYNAMODB_ENDPOINT',
  );
}

/** It says that there is no such container where there is none. */
async function remove(program: string, name: string): Promise<void> {
  await runContainerCommand(program, ['rm', '--force', name]);
}
