import { readFileSync, writeFileSync } from 'node:fs';
import { type ApiTarget, callApi } from '../api-client.ts';
import { CommandError } from '../command-error.ts';
import type { CommandResult } from '../output/result.ts';
import { changedConfig, pathOf } from './config.ts';

export interface ExportFlags extends ApiTarget {
  readonly all: boolean;
  readonly out: string;
}

interface Envelope {
  readonly plugin: string;
  readonly label: string;
}

const FORMAT = 'anineeplus-config-export/1';

/** Writes configurations to a file that only its owner reads, encrypted by the system under the operator's key. */
export async function exportConfig(
  { all, out, ...target }: ExportFlags,
  name: string | undefined,
): Promise<CommandResult> {
  if (all === (name !== undefined)) {
    throw new CommandError('no-plugin', 'either a plugin or --all', { fix: 'name one of the two' });
  }
  const key = exportKey();
  const envelopes: Envelope[] = [];
  for (const plugin of name === undefined ? await configuredPlugins(target) : [name]) {
    const { body } = await callApi(target, 'POST', `${pathOf(plugin)}/export`, { key });
    envelopes.push(body as unknown as Envelope);
  }
  writeFileSync(out, `${JSON.stringify({ format: FORMAT, plugins: envelopes }, null, 2)}\n`, { mode: 0o600 });
  const exported = envelopes.map(({ plugin, label }) => ({ plugin, label }));
  return {
    json: { file: out, plugins: exported },
    show(view) {
      for (const { plugin, label } of exported) view.line(`${plugin}: ${label} is in ${out}`, 'ok');
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

/** Puts what was exported in force, each plugin once it has started on it. */
export async function importConfig(
  target: ApiTarget,
  file: string,
  name: string | undefined,
): Promise<CommandResult> {
  const key = exportKey();
  const envelopes = readExport(file).filter(({ plugin }) => name === undefined || plugin === name);
  if (envelopes.length === 0) {
    throw new CommandError('nothing-to-import', `${file} holds no configuration of ${name ?? 'a plugin'}`, {
      fix: 'name a plugin that it holds, or another file',
    });
  }
  const results: CommandResult[] = [];
  for (const envelope of envelopes) {
    results.push(await changedConfig(target, envelope.plugin, 'POST', '/import', { key, envelope }));
  }
  return {
    json: results.map(({ json }) => json),
    show(view) {
      for (const { show } of results) show(view);
    },
  };
}

function readExport(file: string): readonly Envelope[] {
  let content: { readonly format?: unknown; readonly plugins?: readonly Envelope[] };
  try {
    content = JSON.parse(readFileSync(file, 'utf8')) as typeof content;
  } catch (cause) {
    throw new CommandError('export-unreadable', `${file} cannot be read as an export`, {
      fix: 'give the file that export wrote',
      cause,
    });
  }
  if (content.format === FORMAT && Array.isArray(content.plugins)) return content.plugins;
  throw new CommandError('export-unreadable', `${file} is no export`, {
    fix: 'give the file that export wrote',
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
