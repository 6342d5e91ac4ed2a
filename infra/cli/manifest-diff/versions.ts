import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { readStacks } from '#infra/local/assembly/stacks.ts';
import { type Manifest, manifestSchema } from '#infra/manifest/schema.ts';
import type { ManifestSet } from '#infra/manifest/types.ts';
import { CommandError } from '../command-error.ts';

/** Manifests of some version of a project, by name. */
export type Manifests = ReadonlyMap<string, Manifest>;

const byName = (manifests: readonly Manifest[]): Manifests =>
  new Map(manifests.map((manifest) => [manifest.name, manifest]));

/** The manifests as they are in the working tree, whatever else is wrong with them. */
export const workingTree = ({ plugins, refused }: ManifestSet): Manifests =>
  byName([...plugins, ...refused].map(({ manifest }) => manifest));

/** @throws CommandError for a text that is no manifest of this platform */
function parsed(text: string, place: string): Manifest {
  const result = manifestSchema.safeParse(json(text));
  if (result.success) return result.data;
  throw new CommandError('manifest-not-valid', `${place} is no valid manifest`, {
    fix: 'compare with a version that this platform can read',
    reasons: z.prettifyError(result.error).split('\n'),
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The manifest of a plugin's folder. */
export function manifestIn(rootDir: string, folder: string): Manifest {
  const file = join(resolve(rootDir, folder), 'plugin.json');
  if (!existsSync(file)) {
    throw new CommandError('folder-not-found', `there is no plugin.json in ${folder}`, {
      fix: 'name a folder that has one, or a plugin of this project alone',
    });
  }
  return parsed(readFileSync(file, 'utf8'), file);
}

/** The manifests that git has for a revision. */
export function manifestsAt(rootDir: string, ref: string): Manifests {
  git(rootDir, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], {
    message: `git knows no revision "${ref}"`,
    fix: 'name a commit, branch or tag with --ref, in a clone that has it',
  });
  const listing = git(rootDir, ['ls-tree', '-r', '--name-only', '-z', ref, '--', 'plugins'], {
    message: `the files of ${ref} cannot be listed`,
    fix: 'run this in the root folder of the project',
  });
  const files = listing.split('\0').filter((file) => /(^|\/)plugin\.json$/.test(file));
  return byName(
    files.map((file) => {
      const fault = { message: `${file} of ${ref} cannot be read`, fix: 'look at what git show says' };
      return parsed(git(rootDir, ['show', `${ref}:./${file}`], fault), `${file} of ${ref}`);
    }),
  );
}

function git(
  rootDir: string,
  args: readonly string[],
  { message, fix }: { message: string; fix: string },
): string {
  const { status, stdout, stderr, error } = spawnSync('git', args, { cwd: rootDir, encoding: 'utf8' });
  if (status === 0) return stdout;
  const reasons = (error?.message ?? stderr).trim().split('\n').filter(Boolean);
  throw new CommandError('git-failed', message, { fix, reasons });
}

/** The manifests that an assembly was made of. */
export function manifestsOfAssembly(rootDir: string, folder: string): Manifests {
  const dir = resolve(rootDir, folder);
  if (!existsSync(join(dir, 'manifest.json'))) {
    throw new CommandError('assembly-not-found', `there is no assembly in ${folder}`, {
      fix: 'write one with npm run synth, or name the folder of another',
    });
  }
  const metadata = readStacks(dir).map(({ template }) => template['Metadata'] as StackMetadata | undefined);
  const declared = metadata.flatMap((one) => one?.AnineePlus?.declaration ?? []);
  return byName(declared.map((manifest) => parsed(JSON.stringify(manifest), folder)));
}

interface StackMetadata {
  readonly AnineePlus?: { readonly declaration?: unknown };
}
