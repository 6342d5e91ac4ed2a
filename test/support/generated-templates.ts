import { App } from 'aws-cdk-lib';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platformRoutes } from '#infra/bundling/platform-bundle.ts';
import { scratchDir } from '#infra/bundling/scratch.ts';
import { deploymentOf } from '#infra/deployment/context.ts';
import { type ManifestInput, manifestSchema } from '#infra/manifest/schema.ts';
import { generatedPlugins, manifestOf } from './generated-plugins.ts';
import { createStacks } from '#infra/stacks/create-stacks.ts';
import { featureFlags } from '#infra/stacks/feature-flags.ts';

/** Plugins with all that grows: routes, a webhook, a subscription, an outbox, a schedule, a configuration. */
export function growingManifests(count: number): readonly ManifestInput[] {
  return generatedPlugins(count).map(({ name }) => {
    const manifest = manifestOf(name);
    const events = name.replaceAll('-', '_');
    return {
      ...manifest,
      operations: {
        ...manifest.operations,
        writeNote: { http: { method: 'POST', path: `/generated/${name}` }, scope: 'generated:write' },
      },
      webhooks: { courier: { path: `/webhooks/${name}`, function: 'api' } },
      events: { ...manifest.events, publishes: [{ type: `${events}.made`, version: '1.0.0' }] },
      tables: {
        notes: {
          partitionKey: 'PK',
          sortKey: 'SK',
          stream: { view: 'NEW_IMAGE', relay: { sortKeyPrefix: 'EVT#' } },
        },
      },
      permissions: { ...manifest.permissions, relay: [`events:publish:${events}.*`] },
    };
  });
}

/**
 * An assembly of manifests alone: the code of every function is one empty module, and nothing is bundled.
 * @param addChecks adds the checks of the synth, whose report is `validation-report.json` in the assembly
 */
export async function assemblyOfManifests(
  manifests: readonly ManifestInput[],
  context: Readonly<Record<string, unknown>>,
  addChecks?: (app: App) => Promise<void>,
): Promise<{ readonly dir: string; readonly templatePaths: readonly string[] }> {
  const dir = scratchDir('generated');
  const code = join(dir, 'code');
  mkdirSync(code);
  writeFileSync(join(code, 'index.mjs'), 'export const handler = () => undefined;\n');
  const app = new App({
    outdir: join(dir, 'cdk.out'),
    postCliContext: { ...featureFlags },
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: false,
  });
  const plugins = manifests.map((input) => ({
    manifest: manifestSchema.parse(input),
    root: `plugins/${input.name}`,
    file: `plugins/${input.name}/plugin.json`,
    bundle: { dir: code },
  }));
  createStacks(app, {
    deployment: deploymentOf((key) => context[key]),
    plugins,
    known: plugins,
    platformDir: code,
    relayDir: code,
    deployCheckDir: code,
    consoleDir: code,
    routes: await platformRoutes(),
  });
  await addChecks?.(app);
  const { directory } = app.synth();
  return {
    dir: directory,
    templatePaths: readdirSync(directory)
      .filter((file) => file.endsWith('.template.json'))
      .map((file) => join(directory, file)),
  };
}
