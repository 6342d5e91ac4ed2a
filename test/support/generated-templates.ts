import { App } from 'aws-cdk-lib';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platformRoutes } from '#infra/bundling/platform-bundle.ts';
import { scratchDir } from '#infra/bundling/scratch.ts';
import { deploymentOf } from '#infra/deployment/context.ts';
import { type ManifestInput, manifestSchema } from '#infra/manifest/schema.ts';
import { createStacks } from '#infra/stacks/create-stacks.ts';
import { featureFlags } from '#infra/stacks/feature-flags.ts';

/** An assembly of manifests alone: the code of every function is one empty module, and nothing is bundled. */
export async function assemblyOfManifests(
  manifests: readonly ManifestInput[],
  context: Readonly<Record<string, unknown>>,
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
  const { directory } = app.synth();
  return {
    dir: directory,
    templatePaths: readdirSync(directory)
      .filter((file) => file.endsWith('.template.json'))
      .map((file) => join(directory, file)),
  };
}
