import { ownPlugins } from '../bundling/compose/own-plugins.ts';
import { platformRoutes } from '../bundling/platform-bundle.ts';
import { manifestSchemaText } from '../manifest/export-schema.ts';
import { apiReference } from './api-reference.ts';
import { configurationPage } from './configuration.ts';

/** Plugins whose configuration has a page of its own. */
const configured = ['payment'];

/** The pages that are written from the code, by path. @throws Error with what is wrong with a plugin */
export async function generatedPages(): Promise<ReadonlyMap<string, string>> {
  const own = await ownPlugins();
  const { plugins, config, graphql } = await platformRoutes();
  const manifestSchema = JSON.parse(manifestSchemaText()) as object;
  const pages = own.plugins
    .filter(({ manifest }) => configured.includes(manifest.name))
    .flatMap((plugin) => {
      const page = configurationPage(plugin);
      return page === undefined ? [] : [[`${plugin.root}/CONFIGURATION.md`, page] as const];
    });
  return new Map([
    ['plugins/API_REFERENCE.md', apiReference(own, { ...plugins, ...config, ...graphql }, manifestSchema)],
    ...pages,
  ]);
}
