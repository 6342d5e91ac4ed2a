import { resolve, sep } from 'node:path';
import { StartupError } from '../errors.ts';
import { probeFolder } from './folder.ts';

/** What a refusal of the file system means, by its code. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a part of the path is a file',
  EIO: 'the disk fails',
};

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html) that are faults of the disk. */
const SQLITE_REASONS: Readonly<Record<number, string>> = {
  8: 'the file system is read-only',
  10: 'the disk fails',
  13: 'the disk is full',
  14: 'it cannot be opened',
};

/** How Node words an error of the file system, also in what a child process printed: code, text, call, paths. */
const FILE_SYSTEM = /\b((E[A-Z]+): [^,\n]+, [a-z]+)\b(.*)/;

/**
 * One line for a developer about a disk that cannot be written: what, where and what to do; undefined for any other
 * error.
 */
export function diskFault(error: unknown, stateDir: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // It has its line already; only what a child process printed is still as the system worded it.
  if (error instanceof StartupError && error.cause !== undefined) return undefined;
  const { errcode } = error as { readonly errcode?: unknown };
  const [, said = error.message, code = '', paths = ''] = FILE_SYSTEM.exec(error.message) ?? [];
  const reason = typeof errcode === 'number' ? SQLITE_REASONS[errcode & 0xff] : REASONS[code];
  if (reason === undefined) return undefined;
  // A copy names its target last.
  const path = [...paths.matchAll(/'([^']+)'/g)].at(-1)?.[1];
  return path !== undefined && !isWithin(path, stateDir) && !isWithin(stateDir, path)
    ? `${path} cannot be written (${said}): ${reason}. Make room or make it writable`
    : `${stateDir} cannot hold the state (${said}): ${reason}. ` +
        'Make room or make it writable, or choose another folder with: npm start -- --state <folder>';
}

const isWithin = (path: string, folder: string): boolean =>
  `${resolve(path)}${sep}`.startsWith(`${resolve(folder)}${sep}`);

/** Whether the state folder itself is what is wrong, whatever failed because of it. */
export function folderFault(stateDir: string): string | undefined {
  try {
    probeFolder(stateDir);
    return undefined;
  } catch (error) {
    return diskFault(error, stateDir);
  }
}
