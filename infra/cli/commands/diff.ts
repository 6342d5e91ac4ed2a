import { unknownPlugin } from '../api-client.ts';
import { CommandError } from '../command-error.ts';
import type { Change } from '../manifest-diff/change.ts';
import { compareManifests } from '../manifest-diff/compare.ts';
import {
  manifestIn,
  type Manifests,
  manifestsAt,
  manifestsOfAssembly,
  workingTree,
} from '../manifest-diff/versions.ts';
import type { CommandResult } from '../output/result.ts';
import { manifestsOf } from '../project/plugins.ts';

/** What is compared, and what then counts as a failure. */
export interface DiffFlags {
  readonly ref?: string;
  /** Folder of an assembly. */
  readonly against?: string;
  /** Fail when permissions widen. */
  readonly check: boolean;
  readonly approvePermissions: boolean;
}

interface PluginDiff {
  readonly plugin: string;
  readonly status: 'added' | 'removed' | 'changed';
  readonly changes: readonly Change[];
}

/**
 * What changes from one version of manifests to another.
 * @param operands nothing for every plugin, a plugin, or two folders
 */
export function diffPlugins(rootDir: string, operands: readonly string[], flags: DiffFlags): CommandResult {
  const diffs =
    operands.length === 2 ? diffFolders(rootDir, operands) : diffProject(rootDir, operands[0], flags);
  const widens = diffs.some(({ changes }) => changes.some(({ effect }) => effect === 'widened'));
  const refused = flags.check && widens && !flags.approvePermissions;
  return {
    json: { plugins: diffs, permissionsWiden: widens, approved: widens && flags.approvePermissions },
    failed: refused,
    show(view) {
      if (diffs.length === 0) view.line('nothing changes');
      for (const { plugin, status, changes } of diffs) {
        view.heading(`${plugin}${status === 'changed' ? '' : ` is ${status}`}`);
        view.table(
          ['area', 'effect', 'change'],
          changes.map(({ area, effect, text }) => [area, effect, text]),
          2,
        );
      }
      if (refused) view.line('permissions widen: look at them, then repeat this with --approve-permissions');
    },
  };
}

function diffFolders(rootDir: string, [before = '', after = '']: readonly string[]): readonly PluginDiff[] {
  const [old, now] = [manifestIn(rootDir, before), manifestIn(rootDir, after)];
  const changes = compareManifests(old, now);
  return changes.length === 0 ? [] : [{ plugin: now.name, status: 'changed', changes }];
}

function diffProject(
  rootDir: string,
  name: string | undefined,
  { ref, against }: DiffFlags,
): readonly PluginDiff[] {
  const before =
    against === undefined ? manifestsAt(rootDir, ref ?? 'HEAD') : manifestsOfAssembly(rootDir, against);
  const set = manifestsOf(rootDir);
  const after = workingTree(set);
  refuseUnreadable(
    set.broken.map((plugin) => plugin.name).filter((one) => !after.has(one)),
    name,
  );
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  if (name !== undefined && !names.includes(name)) throw unknownPlugin(name, names);
  return names
    .filter((one) => name === undefined || one === name)
    .flatMap((one) => diffOf(one, before, after));
}

/** A manifest that cannot be read would look as if its plugin were removed. */
function refuseUnreadable(unreadable: readonly string[], name: string | undefined): void {
  const wanted = unreadable.filter((one) => name === undefined || one === name);
  if (wanted.length === 0) return;
  throw new CommandError('manifest-not-valid', `the manifest of ${wanted.join(' and ')} cannot be read`, {
    fix: 'correct it; npm run validate shows what is wrong',
  });
}

function diffOf(plugin: string, before: Manifests, after: Manifests): readonly PluginDiff[] {
  const [old, now] = [before.get(plugin), after.get(plugin)];
  const changes = compareManifests(old, now);
  if (old && now) return changes.length === 0 ? [] : [{ plugin, status: 'changed', changes }];
  return [{ plugin, status: old ? 'removed' : 'added', changes }];
}
