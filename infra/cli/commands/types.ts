import { resolve } from 'node:path';
import { writeTypes, writeTypesIn } from '#infra/manifest/plugin-types.ts';
import { CommandError } from '../command-error.ts';
import type { CommandResult } from '../output/result.ts';
import { manifestsOf } from '../project/plugins.ts';

/** Writes the types of every plugin of the project, or of the one in a folder, where they are out of date. */
export function writePluginTypes(rootDir: string, folder: string | undefined): CommandResult {
  const written = folder === undefined ? ofProject(rootDir) : ofFolder(folder);
  return {
    json: { written },
    show(view) {
      for (const file of written) view.line(file);
      if (written.length === 0) view.line('the types are those of the manifests');
    },
  };
}

function ofProject(rootDir: string): readonly string[] {
  manifestsOf(rootDir);
  return writeTypes(rootDir);
}

function ofFolder(folder: string): readonly string[] {
  const written = writeTypesIn(resolve(folder));
  if (written) return written;
  throw new CommandError('folder-not-found', `${folder} has no plugin.json and plugin.ts that can be read`, {
    fix: 'name the folder of a plugin in TypeScript',
  });
}
