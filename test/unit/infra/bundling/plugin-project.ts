import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ManifestInput } from '#infra/manifest/schema.ts';
import { project } from '../manifest/fixture.ts';

const repository = join(import.meta.dirname, '../../../..');

/** A plugin in plain JavaScript, which no compiler has looked at. */
export interface JavaScriptPlugin {
  readonly manifest: ManifestInput;
  /** Members of the operations that `functions/api.js` serves. */
  readonly operations?: string;
  /** The schema of the configuration. */
  readonly config?: string;
  /** The whole of plugin.js. */
  readonly code?: string;
  /** Files below the plugin's folder, besides `functions/api.js`. */
  readonly files?: Readonly<Record<string, string>>;
}

export const operationCode = (more = '') => `{
  summary: 'Does it', input: z.strictObject({}), output: z.object({}), errors: {}, idempotency: 'none',
  async run() { return ok({}); }, ${more} }`;

const RUNTIME = "import { definePlugin, apiHandler, ok } from '@anineeplus/plugins/runtime';\n";
export const PLUGIN_HEAD = `import * as z from 'zod/mini';
${RUNTIME}import manifest from './plugin.json' with { type: 'json' };
`;

export const api = (operations = '') => `import * as z from 'zod/mini';
${RUNTIME}import { plugin } from '../plugin.js';
export const handler = apiHandler(plugin, { ${operations} });
`;

function filesOf({ manifest, operations = '', config = 'z.object({})', code, files }: JavaScriptPlugin) {
  const definition = `${PLUGIN_HEAD}export const plugin = definePlugin({
  manifest, config: ${config}, initialize: () => ({}),
});
`;
  const own = { 'functions/api.js': api(operations), ...files, 'plugin.js': code ?? definition };
  return [
    [`plugins/${manifest.name}/plugin.json`, manifest] as const,
    ...Object.entries(own).map(([name, text]) => [`plugins/${manifest.name}/${name}`, text] as const),
  ];
}

/** A project of such plugins, until the test is over. */
export function javaScriptProject(...plugins: readonly JavaScriptPlugin[]): string {
  const root = project(Object.fromEntries([...plugins.flatMap(filesOf), ['package.json', {}]]));
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  return root;
}
