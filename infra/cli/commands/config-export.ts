import { type ApiTarget, callApi } from '../api-client.ts';
import { CommandError } from '../command-error.ts';
import type { CommandResult } from '../output/result.ts';
import { readOwnFile, writeOwnFile } from '../own-file.ts';
import { openSealedKey } from './backup-key.ts';
import { changedConfig, pathOf } from './config.ts';

export interface ExportFlags extends ApiTarget {
  readonly all: boolean;
  readonly out: string;
}

/** An encrypted configuration, as the system gives it. */
export interface Envelope {
  readonly plugin: string;
  readonly label: string;
  readonly exportedAt: string;
}

/** What a file holds of one plugin. */
export interface Exported {
  readonly envelope: Envelope;
  /** Of a backup: the key of the envelope, sealed to the operator's. */
  readonly sealedKey?: string;
}

const FORMAT = 'anineeplus-config-export/2';

/** Writes configurations to a file that only its owner reads, encrypted by the system under the operator's key. */
export async function exportConfig(
  { all, out, ...target }: ExportFlags,
  name: string | undefined,
): Promise<CommandResult> {
  const plugins = await chosenPlugins(target, all, name);
  const key = exportKey();
  const exported: Exported[] = [];
  for (const plugin of plugins) {
    const { body } = await callApi(target, 'POST', `${pathOf(plugin)}/export`, { key });
    exported.push({ envelope: body as unknown as Envelope });
  }
  return writeExport(out, exported);
}

/** The plugin that was named, or with `--all` every one that has a configuration. */
export async function chosenPlugins(
  target: ApiTarget,
  all: boolean,
  name: string | undefined,
): Promise<readonly string[]> {
  if (all === (name !== undefined)) {
    throw new CommandError('no-plugin', 'either a plugin or --all', { fix: 'name one of the two' });
  }
  return name === undefined ? configuredPlugins(target) : [name];
}

/** Writes a file for its owner alone. */
export function writeExport(out: string, plugins: readonly Exported[]): CommandResult {
  writeOwnFile(out, `${JSON.stringify({ format: FORMAT, plugins }, null, 2)}\n`);
  const written = plugins.map(({ envelope: { plugin, label, exportedAt } }) => ({
    plugin,
    label,
    exportedAt,
  }));
  return {
    json: { file: out, plugins: written },
    show(view) {
      for (const { plugin, label, exportedAt } of written)
        view.line(`${plugin}: ${label} of ${exportedAt} is in ${out}`, 'ok');
    },
  };
}

async function configuredPlugins(target: ApiTarget): Promise<readonly string[]> {
  const { body } = await callApi(target, 'GET', '/plugins');
  const found: string[] = [];
  for (const { name } of body['plugins'] as readonly { readonly name: string }[]) {
    const isConfigured = await callApi(target, 'GET', pathOf(name)).then(
      () => true,
      (error: unknown) => {
        if (error instanceof CommandError && ['no-configuration', 'plugin-broken'].includes(error.code))
          return false;
        throw error;
      },
    );
    if (isConfigured) found.push(name);
  }
  return found;
}

export interface ImportFlags extends ApiTarget {
  /** File with the private key, for backups. */
  readonly backupKey?: string;
}

/** Puts what was exported or backed up in force, each plugin once it has started on it. */
export async function importConfig(
  { backupKey, ...target }: ImportFlags,
  file: string,
  name: string | undefined,
): Promise<CommandResult> {
  const chosen = readExport(file).filter(({ envelope }) => name === undefined || envelope.plugin === name);
  if (chosen.length === 0) {
    throw new CommandError('nothing-to-import', `${file} holds no configuration of ${name ?? 'a plugin'}`, {
      fix: 'name a plugin that it holds, or another file',
    });
  }
  // All keys before the first change: a wrong one changes nothing.
  const keyed = await Promise.all(
    chosen.map(async ({ envelope, sealedKey }) => ({
      envelope,
      key: sealedKey === undefined ? exportKey() : await openSealedKey(sealedKey, backupKey),
    })),
  );
  const results: CommandResult[] = [];
  for (const { envelope, key } of keyed) {
    results.push(await changedConfig(target, envelope.plugin, 'POST', '/import', { key, envelope }));
  }
  return {
    json: results.map(({ json }) => json),
    show(view) {
      for (const { show } of results) show(view);
    },
  };
}

function readExport(file: string): readonly Exported[] {
  const text = readOwnFile(file);
  let content: { readonly format?: unknown; readonly plugins?: readonly Exported[] };
  try {
    content = JSON.parse(text) as typeof content;
  } catch (cause) {
    throw new CommandError('export-unreadable', `${file} cannot be read as an export`, {
      fix: 'give the file that export or backup wrote',
      cause,
    });
  }
  if (content.format === FORMAT && Array.isArray(content.plugins)) return content.plugins;
  throw new CommandError('export-unreadable', `${file} is no export`, {
    fix: 'give the file that export or backup wrote',
  });
}

/** The key never leaves the operator but over the connection to the system. */
function exportKey(): string {
  const key = process.env['ANINEEPLUS_EXPORT_KEY'];
  if (key !== undefined && key !== '') return key;
  throw new CommandError('export-key-missing', 'ANINEEPLUS_EXPORT_KEY is not set', {
    fix: 'make a key with "openssl rand -base64 32", keep it apart from the export, and set the variable',
  });
}
