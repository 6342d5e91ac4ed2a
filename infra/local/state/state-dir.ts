import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockState } from './lock.ts';

/** What a state folder holds; nothing else in it is ever removed. */
const OURS =
  /^(cdk\.out|tmp|sandboxes|sandboxes\.json|issuer\.json|runtime\.json|runner\.pid|deployment|(state|dynamodb|lock)\.sqlite.*)$/;

/** Forgets everything that a state folder remembers. @throws StartupError when another process uses it */
export function resetState(stateDir: string): void {
  if (!existsSync(stateDir)) return;
  lockState(stateDir)();
  for (const name of readdirSync(stateDir)) {
    if (OURS.test(name)) rmSync(join(stateDir, name), { recursive: true, force: true });
  }
}

/** Where a running system can be reached, for tests and tools. */
export interface Runtime {
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

/** Takes away what a killed process left behind. */
export function prepareStateDir(stateDir: string): void {
  rmSync(runtimeFile(stateDir), { force: true });
  for (const name of ['cdk.out', 'tmp']) rmSync(join(stateDir, name), { recursive: true, force: true });
}

/**
 * What tells the deployment of a state folder from those of other developers, who may share an account at a
 * provider. It goes with the records: a folder that was reset is another deployment.
 */
export function openDeployment(stateDir: string): string {
  const file = join(stateDir, 'deployment');
  if (!existsSync(file)) writeFileSync(file, randomUUID());
  return readFileSync(file, 'utf8');
}

/** Tells that the system is ready. @returns takes it back */
export function announce(stateDir: string, runtime: Runtime): () => void {
  writeFileSync(runtimeFile(stateDir), JSON.stringify(runtime, null, 2));
  return () => rmSync(runtimeFile(stateDir), { force: true });
}
