import type { App } from 'aws-cdk-lib';
import { resolve } from 'node:path';
import { createCdkApp, report } from './build/cdk-app.ts';
import { deploymentOf } from './build/deployment-context.ts';
import { prepare } from './build/prepare.ts';
import { names } from './constructs/deployment.ts';
import { PlatformStack } from './stacks/platform-stack.ts';
import { PluginStack } from './stacks/plugin-stack.ts';

/** Manifests to stacks. With ANINEEPLUS_SYNTH=local, broken plugins are left out and templates are not validated. */
export async function buildApp(root = process.cwd(), env: NodeJS.ProcessEnv = process.env): Promise<App> {
  const rootDir = resolve(root);
  const keepGoing = env['ANINEEPLUS_SYNTH'] === 'local';
  const app = createCdkApp({ rootDir, outDir: env['CDK_OUTDIR'], validate: !keepGoing });
  const deployment = deploymentOf((key) => app.node.tryGetContext(key));
  const { stage, auth } = deployment;
  const prepared = await prepare({ rootDir, stage, secured: auth.kind !== 'none', keepGoing });
  const { plugins, known: all, platformDir, relayDir, routes } = prepared;
  const onPlatform = { deployment, plugins, codeDir: platformDir, routes };
  const { refs: platform } = new PlatformStack(app, names.platformStack(stage), onPlatform);
  for (const plugin of plugins) {
    const props = { deployment, platform, plugin, all, codeDir: plugin.codeDir, relayDir };
    new PluginStack(app, names.pluginStack(stage, plugin.manifest.name), props);
  }
  report(app, prepared, !keepGoing);
  return app;
}

if (import.meta.main) {
  try {
    (await buildApp()).synth();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
