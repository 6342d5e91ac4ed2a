import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { folderFault } from '#infra/local/state/fault.ts';
import { readRuntime } from '#infra/local/state/state-dir.ts';
import { type Check, fail, ok } from './check.ts';

/** The process of the system that runs with a state folder. */
export function runnerOf(stateDir: string): number | undefined {
  const pid = readRuntime(stateDir)?.pid;
  if (pid === undefined) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}

/** Whether the local system can keep its state. */
export function checkState(stateDir: string): Check {
  const otherwise = 'make it writable, or choose another with npm start -- --state <folder>';
  if (existsSync(stateDir)) {
    const fault = folderFault(stateDir);
    if (fault !== undefined) return fail('state', fault, otherwise);
    const pid = runnerOf(stateDir);
    return ok(
      'state',
      pid === undefined ? `${stateDir} can be written` : `${stateDir}, in use by process ${pid}`,
    );
  }
  const parent = existingParent(stateDir);
  try {
    accessSync(parent, constants.W_OK);
    return ok('state', `${stateDir} can be made`);
  } catch {
    return fail('state', `${stateDir} cannot be made, since ${parent} cannot be written`, otherwise);
  }
}

function existingParent(folder: string): string {
  const parent = dirname(folder);
  return parent === folder || existsSync(parent) ? parent : existingParent(parent);
}
