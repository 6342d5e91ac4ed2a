import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';

/** A process, as far as the kernel says. */
export interface ProcessRef {
  readonly pid: number;
  readonly command: string;
  /** Its parents, the nearest first. */
  readonly parents: readonly number[];
}

/** Why a port of loopback cannot be listened on, as the code of the error; undefined when it can. */
export async function portFault(port: number): Promise<string | undefined> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(undefined)));
  return promise;
}

const LISTEN = '0A';

/** The process that listens on a port, where /proc shows it; other users' processes are not shown. */
export function listenerOf(port: number): ProcessRef | undefined {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((file) => (read(file) ?? '').split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${hex}`) === true && state === LISTEN)
    .map((fields) => `socket:[${fields[9]}]`);
  if (sockets.length === 0) return undefined;
  const pid = pids().find((candidate) => descriptorsOf(candidate).some((target) => sockets.includes(target)));
  return pid === undefined ? undefined : { pid, command: commandOf(pid), parents: parentsOf(pid) };
}

const pids = (): readonly number[] =>
  entries('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function descriptorsOf(pid: number): readonly string[] {
  return entries(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${name}`);
    } catch {
      return [];
    }
  });
}

const commandOf = (pid: number): string =>
  (read(`/proc/${pid}/cmdline`) ?? '').split('\0').filter(Boolean).join(' ').slice(0, 80);

function parentsOf(pid: number): readonly number[] {
  const parent = Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0);
  return parent === 0 ? [] : [parent, ...parentsOf(parent)];
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
