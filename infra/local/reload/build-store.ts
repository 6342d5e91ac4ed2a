import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Copies of the builds in force. The builder cleans up its own, and does not know which one still runs. */
export interface BuildStore {
  /** @returns the copy's folder */
  take(plugin: string, dir: string): string;
  /** The copy is in force: all but it and the one before, which may still be at work, are removed. */
  accept(plugin: string, copy: string): void;
  /** The copy was never in force. */
  reject(copy: string): void;
  /** The copy was in force, and may still be at work: it is removed when another one is accepted. */
  withdraw(plugin: string, copy: string): void;
}

export function createBuildStore(root: string): BuildStore {
  const accepted = new Map<string, readonly string[]>();
  const remove = (dir: string) => rmSync(dir, { recursive: true, force: true });
  let count = 0;

  return {
    take(plugin, dir) {
      count += 1;
      const copy = join(root, `${plugin}-${count}`);
      cpSync(dir, copy, { recursive: true });
      return copy;
    },
    accept(plugin, copy) {
      const [before, ...older] = accepted.get(plugin) ?? [];
      older.forEach(remove);
      accepted.set(plugin, before === undefined ? [copy] : [copy, before]);
    },
    reject: remove,
    withdraw: (plugin, copy) => void accepted.set(plugin, [...(accepted.get(plugin) ?? []), copy]),
  };
}
