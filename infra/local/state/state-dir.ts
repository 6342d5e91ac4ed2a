import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lockState } from './lock.ts';

/** The entries that the runner creates in a state folder; it removes no others. */
const STATE_ENTRIES =
  /^(cdk\.out|tmp|removed-.*|sandboxes|sandboxes\.json|issuer\.json|runtime\.json|runner\.pid|deployment|dynamodb-local|(state|dynamodb|lock)\.sqlite.*)$/;

/**
 * Puts the state of a folder aside, where `removeLeftovers` finds it. @returns puts it back, for a start that has failed
 * @throws StartupError when another process uses it
 */
export function resetState(stateDir: string): () => void {
  if (!existsSync(stateDir)) return () => {};
  lockState(stateDir)();
  const aside = join(stateDir, `removed-${randomUUID()}`);
  const entries = readdirSync(stateDir).filter((name) => STATE_ENTRIES.test(name));
  mkdirSync(aside);
  for (const name of entries) renameSync(join(stateDir, name), join(aside, name));
  return () => {
    for (const name of entries) {
      rmSync(join(stateDir, name), { recursive: true, force: true });
      renameSync(join(aside, name), join(stateDir, name));
    }
    rmSync(aside, { recursive: true });
  };
}

/** The addresses of a running system, for tests and tools. */
interface Runtime {
  readonly url: string;
  readonly gateway: string;
  readonly sandboxes: Readonly<Record<string, string>>;
  readonly pid: number;
  readonly startedAt: string;
}

const runtimeFile = (stateDir: string): string => join(stateDir, 'runtime.json');

/** The system that runs with a state folder, or was killed while it did. */
export function readRuntime(stateDir: string): Runtime | undefined {
  const file = runtimeFile(stateDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Runtime) : undefined;
}

/** Takes what a process before has left out of the way, and leaves it to `removeLeftovers`. */
export function prepareStateDir(stateDir: string): void {
  rmSync(runtimeFile(stateDir), { force: true });
  for (const name of ['cdk.out', 'tmp']) {
    const path = join(stateDir, name);
    if (existsSync(path)) renameSync(path, join(stateDir, `removed-${randomUUID()}`));
  }
}

/** Removes what was taken out of the way, which takes a while with many plugins. */
export async function removeLeftovers(stateDir: string): Promise<void> {
  const removed = readdirSync(stateDir).filter((name) => name.startsWith('removed-'));
  await Promise.all(removed.map((name) => rm(join(stateDir, name), { recursive: true, force: true })));
}

/**
 * The id of the deployment of a state folder: other developers may share the account at a provider. A folder that
 * was reset is another deployment.
 */
export function openDeployment(stateDir: string): string {
  const file = join(stateDir, 'deployment');
  if (!existsSync(file)) writeFileSync(file, randomUUID());
  return readFileSync(file, 'utf8');
}

/** Writes the addresses of the system when it is ready. @returns removes them */
export function writeRuntime(stateDir: string, runtime: Runtime): () => void {
  writeFileSync(runtimeFile(stateDir), JSON.stringify(runtime, null, 2));
  return () => rmSync(runtimeFile(stateDir), { force: true });
}
