import type { App } from 'aws-cdk-lib';
import type { PlatformFunctionRoutes } from '#infra/bundling/platform-bundle.ts';
import { names, type Deployment } from '#infra/deployment/deployment.ts';
import type { LoadedPlugin } from '#infra/manifest/types.ts';
import { PlatformStack } from './platform-stack.ts';
import { PluginStack } from './plugin-stack.ts';
import type { PluginStackProps } from './plugin-stack-props.ts';

export interface StacksProps {
  readonly deployment: Deployment;
  /** Those that are deployed, with the folder of each one's bundle. */
  readonly plugins: readonly (PluginStackProps['plugin'] & { readonly bundle: { readonly dir: string } })[];
  /** Every plugin with a valid manifest, for what the others subscribe to and call. */
  readonly known: readonly LoadedPlugin[];
  readonly platformDir: string;
  readonly relayDir: string;
  readonly deployCheckDir: string | undefined;
  readonly consoleDir: string | undefined;
  readonly routes: PlatformFunctionRoutes;
}

/** The stack of the platform, and one for each plugin. */
export function createStacks(app: App, props: StacksProps): void {
  const {
    deployment,
    plugins,
    known: all,
    platformDir,
    relayDir,
    deployCheckDir,
    consoleDir,
    routes,
  } = props;
  const { stage } = deployment;
  const onPlatform = { deployment, codeDir: platformDir, relayDir, consoleDir, routes };
  const platform = new PlatformStack(app, names.platformStack(stage), onPlatform);
  const stacks = new Map<string, PluginStack>();
  for (const plugin of plugins) {
    const { name, dependencies } = plugin.manifest;
    const bundles = { codeDir: plugin.bundle.dir, relayDir, deployCheckDir };
    const stack = new PluginStack(app, names.pluginStack(stage, name), {
      deployment: platform.deployment,
      platform,
      plugin,
      all,
      ...bundles,
    });
    // Plugins come after those that they depend on, so that stacks depend on earlier ones alone.
    for (const dependency of Object.keys(dependencies)) {
      const before = stacks.get(dependency);
      if (before) stack.addStackDependency(before, `${name} depends on ${dependency}`);
    }
    stacks.set(name, stack);
  }
}
