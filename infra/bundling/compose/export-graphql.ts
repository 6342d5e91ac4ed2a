import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platformRoot } from '../platform-imports.ts';
import { composeGraphql } from './graphql-schema.ts';
import { ownPlugins } from './own-plugins.ts';

const folder = join(platformRoot, 'functions', 'platform', 'graphql');

/** The schema of the plugins in this repository, as the build composes it. */
export const schemaFile = join(folder, 'schema.graphql');
/** The schema of the last release, which clients are made for. */
export const releasedFile = join(folder, 'schema.released.graphql');
/** What the next release breaks on purpose: descriptions as graphql-js's `findBreakingChanges` words them. */
export const announcedFile = join(folder, 'announced-changes.json');

/** Composes the schema of this repository's own plugins. @throws Error with what is wrong with a plugin */
export async function composedSdl(): Promise<string> {
  const { plugins } = await ownPlugins();
  return composeGraphql(plugins).sdl;
}

if (import.meta.main) {
  writeFileSync(schemaFile, await composedSdl());
  // A release takes the schema as it is for the one that later changes are compared with.
  if (process.argv.includes('--release')) {
    copyFileSync(schemaFile, releasedFile);
    writeFileSync(announcedFile, '[]\n');
  }
}
