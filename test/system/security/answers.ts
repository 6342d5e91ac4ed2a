import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { descendantsOf } from '#testing/processes.ts';
import type { SecuredSystem } from './secured-system.ts';

/** A place in code or on this machine, which no answer may name. */
const INTERNAL =
  /node_modules|\bat .{0,80}\.[mc]?[jt]s:\d|file:\/\/\/(?!etc)|\/tmp\/|\/var\/task|\bTypeError\b|\bRangeError\b/;

/** The secrets of this system, none of which may be in an answer. */
export function secretsOf({ platform }: SecuredSystem): readonly string[] {
  const text = readFileSync(join(platform.stateDir, 'sandboxes.json'), 'utf8');
  const { d } = JSON.parse(readFileSync(join(platform.stateDir, 'issuer.json'), 'utf8'));
  const secrets = text.match(/(sk_test_|whsec_|sandbox-secret-)[\w-]+/g) ?? [];
  return [...secrets, String(d), 'voucher-key-hunter2'];
}

/** What the text of an answer tells that it must not; undefined for nothing. */
export function leakIn(text: string, secrets: readonly string[]): string | undefined {
  if (INTERNAL.test(text)) return 'names a place of the code';
  if (secrets.some((secret) => text.includes(secret))) return 'holds a secret';
  return undefined;
}

/** Resident memory of the system's processes, in MB by process. */
export function memoryOf({ platform }: SecuredSystem): ReadonlyMap<number, number> {
  const read = (pid: number): number => {
    try {
      return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    } catch {
      return 0;
    }
  };
  return new Map([platform.pid, ...descendantsOf(platform.pid)].map((pid) => [pid, read(pid)]));
}
