import { type ApiTarget, callApi } from '../api-client.ts';
import { CommandError } from '../command-error.ts';
import type { CommandResult } from '../output/result.ts';
import { chosenPlugins, type Exported, writeExport } from './config-export.ts';
import { pathOf } from './config.ts';

interface ListedBackup {
  readonly takenAt: string;
  readonly label: string;
  readonly version: string;
  readonly configVersion: number;
}

async function backupsOf(target: ApiTarget, name: string) {
  const { body } = await callApi(target, 'GET', `${pathOf(name)}/backups`);
  return { body, backups: body['backups'] as readonly ListedBackup[] };
}

/** The backups of a plugin's configuration. */
export async function listBackups(target: ApiTarget, name: string): Promise<CommandResult> {
  const { body, backups } = await backupsOf(target, name);
  return {
    json: body,
    show(view) {
      if (backups.length === 0) return view.line(`${name}: there is no backup yet`);
      const rows = backups.map(({ takenAt, label, configVersion, version }) => [
        takenAt,
        label,
        String(configVersion),
        version,
      ]);
      view.table(['taken', 'version', 'shape', 'id'], rows);
    },
  };
}

export interface BackupFlags extends ApiTarget {
  readonly all: boolean;
  readonly out: string;
  /** The newest that is not younger. */
  readonly at?: string;
}

/** Writes backups to a file, sealed as they are; `import` reads it. */
export async function fetchBackups(
  { all, out, at, ...target }: BackupFlags,
  name: string | undefined,
): Promise<CommandResult> {
  const found: Exported[] = [];
  for (const plugin of await chosenPlugins(target, all, name)) {
    const { backups } = await backupsOf(target, plugin);
    const chosen = backups.find(({ takenAt }) => at === undefined || takenAt <= at);
    if (chosen === undefined) {
      throw new CommandError(
        'no-backup',
        `${plugin} has no backup${at === undefined ? '' : ` of ${at} or before`}`,
        {
          fix: `look at "backups ${plugin}"`,
        },
      );
    }
    const path = `${pathOf(plugin)}/backups/${encodeURIComponent(chosen.takenAt)}`;
    found.push((await callApi(target, 'GET', path)).body as unknown as Exported);
  }
  return writeExport(out, found);
}
