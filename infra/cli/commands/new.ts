import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { composedSdl, schemaFile } from '#infra/bundling/compose/export-graphql.ts';
import { loadManifests } from '#infra/manifest/load.ts';
import { pluginName } from '#infra/manifest/names.ts';
import { writeTypesIn } from '#infra/manifest/plugin-types.ts';
import type { Manifest } from '#infra/manifest/schema.ts';
import type { ManifestSet } from '#infra/manifest/types.ts';
import { CommandError } from '../command-error.ts';
import type { CommandResult } from '../output/result.ts';
import { renderTemplate } from '../scaffold/render.ts';

/** Writes a plugin that works, with its tests. Nothing is left of one that is refused. */
export async function newPlugin(rootDir: string, name: string): Promise<CommandResult> {
  const folders = {
    plugin: join('plugins', name),
    tests: [join('test', 'unit', 'plugins', name), join('test', 'system', 'plugins', name)],
  };
  refuseName(name);
  for (const folder of [folders.plugin, ...folders.tests]) refuseExisting(rootDir, folder);
  refuseTaken(loadManifests(rootDir), name);
  // Beside `plugins`, so that the folders can be renamed into place, and no running system sees half of them.
  const staging = mkdtempSync(join(rootDir, '.new-plugin-'));
  try {
    const files = renderTemplate(name, staging);
    format(rootDir, staging);
    writeTypesIn(join(staging, folders.plugin));
    const manifest = checkedManifest(rootDir, join(staging, folders.plugin, 'plugin.json'));
    place(rootDir, staging, folders);
    return resultOf(manifest, files, await writeSchema());
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function refuseName(name: string): void {
  const parsed = pluginName('').safeParse(name);
  if (parsed.success) return;
  const allowed = parsed.error.issues.map(({ message }) => message).join('; ');
  throw new CommandError('name-not-allowed', `"${name}" cannot be the name of a plugin`, {
    fix: `choose another: ${allowed}`,
  });
}

function refuseExisting(rootDir: string, folder: string): void {
  if (!existsSync(join(rootDir, 'plugins'))) {
    throw new CommandError('no-project', `there is no folder plugins in ${rootDir}`, {
      fix: 'run this in the root folder of the project',
    });
  }
  if (!existsSync(join(rootDir, folder))) return;
  throw new CommandError('folder-exists', `${folder} exists`, {
    fix: 'choose another name, or move it away',
  });
}

function refuseTaken({ plugins, broken }: ManifestSet, name: string): void {
  const files = [...plugins.map((one) => ({ name: one.manifest.name, file: one.file })), ...broken];
  const owner = files.find((other) => other.name === name);
  if (owner) {
    throw new CommandError('name-taken', `${owner.file} has the name "${name}"`, {
      fix: 'choose another name',
    });
  }
}

/** Names differ in length, so that lines break in other places. */
function format(rootDir: string, folder: string): void {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(rootDir, 'node_modules', 'oxfmt', 'bin', 'oxfmt'), folder],
    { cwd: rootDir, encoding: 'utf8' },
  );
  if (status === 0) return;
  throw new CommandError('format-failed', `the files cannot be formatted: ${stderr.trim()}`, {
    fix: 'run npm ci',
  });
}

/** Checks the plugin beside all others, as if it were in place. */
function checkedManifest(rootDir: string, file: string): Manifest {
  const { plugins, errors } = loadManifests(rootDir, { planned: file });
  const own = errors.filter((error) => join(rootDir, error.file) === file);
  const added = plugins.find((plugin) => join(rootDir, plugin.file) === file);
  if (own.length === 0 && added) return added.manifest;
  throw new CommandError('name-taken', 'the plugin would collide with what is there', {
    fix: 'choose another name',
    reasons: own.map(({ code, message }) => `${code}: ${message}`),
  });
}

/** The plugin last: from then on it is found. */
function place(
  rootDir: string,
  staging: string,
  folders: { readonly plugin: string; readonly tests: readonly string[] },
): void {
  const placed: string[] = [];
  try {
    for (const folder of [...folders.tests, folders.plugin]) {
      mkdirSync(join(rootDir, dirname(folder)), { recursive: true });
      renameSync(join(staging, folder), join(rootDir, folder));
      placed.push(folder);
    }
  } catch (error) {
    for (const folder of placed) rmSync(join(rootDir, folder), { recursive: true });
    throw error;
  }
}

/** Keeps the GraphQL schema that is kept for clients complete. @returns why that is impossible */
async function writeSchema(): Promise<string | undefined> {
  try {
    const sdl = await composedSdl();
    if (readFileSync(schemaFile, 'utf8') !== sdl) writeFileSync(schemaFile, sdl);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function resultOf(
  manifest: Manifest,
  files: readonly string[],
  schemaFault: string | undefined,
): CommandResult {
  const { name, operations } = manifest;
  const [operation] = Object.values(operations);
  const path = operation?.http?.path.replace('{name}', 'Ada') ?? '';
  const commands = [
    'npm run validate',
    `npx vitest run plugins/${name}`,
    'npm start                # or leave it running: it takes the plugin up',
    `curl http://localhost:3000${path}`,
  ];
  return {
    json: { name, files, commands, ...(schemaFault !== undefined && { schemaFault }) },
    show(view) {
      for (const file of files) view.line(file);
      if (schemaFault !== undefined) {
        view.line(`functions/platform/graphql/schema.graphql is as it was: ${schemaFault}`);
        view.line('Correct that, then run: npm run schemas');
      }
      view.line();
      view.line('Try');
      for (const command of commands) view.line(`  ${command}`);
    },
  };
}
