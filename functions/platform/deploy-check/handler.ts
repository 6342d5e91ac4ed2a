import * as z from 'zod/mini';
import { checkedInput } from '#runtime/adapters/input.ts';
import type { Adapter } from '#runtime/adapter.ts';
import { type CodeDeploy, createCodeDeploy } from '#runtime/aws/code-deploy.ts';
import { createCaller, type PluginCaller } from '#runtime/call.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { readEnvironment } from '#runtime/environment.ts';
import { pipeline, type Handler } from '#runtime/pipeline.ts';
import { createRuntime, type RuntimeOptions } from '#runtime/runtime.ts';
import { checkVersion } from './check.ts';

/** What CodeDeploy sends to a hook. Source: CodeDeploy user guide, AppSpec "hooks" section for Lambda. */
const hookEvent = z.object({ DeploymentId: z.string(), LifecycleEventHookExecutionId: z.string() });

/** What tests replace. */
interface DeployCheckOptions extends Pick<RuntimeOptions, 'environment' | 'telemetry'> {
  readonly caller?: Pick<PluginCaller, 'start' | 'health'>;
  readonly codeDeploy?: CodeDeploy;
}

/** The hook of a plugin's deployments: CodeDeploy moves traffic to a new version when this has found it healthy. */
export function deployCheckHandler(options: DeployCheckOptions = {}): Handler<void> {
  const environment = options.environment ?? readEnvironment();
  const { plugin, healthFunction } = environment;
  if (healthFunction === undefined) throw new Error('ANINEEPLUS_HEALTH_FUNCTION is not set');
  const definition = definePlugin({
    manifest: { name: plugin, version: '1.0.0', description: 'Checks new versions', author: 'AnineePlus' },
    config: z.object({}),
    initialize: () => undefined,
  });
  // It works for a plugin that is unloaded or cannot start, too.
  const own = { ...environment, registryTable: undefined, configSecret: undefined };
  const caller = options.caller ?? createCaller({ environment });
  const codeDeploy = options.codeDeploy ?? createCodeDeploy({ env: environment.variables });
  return pipeline(createRuntime(definition, { ...options, environment: own }), {
    describe: () => ({ operation: 'deploy-check' }),
    // CodeDeploy starts a hook by the name of its function, which no role but CodeDeploy's may.
    denies: ({ entrance: { alias } }) =>
      alias === undefined ? undefined : 'only CodeDeploy starts this function, by its name',
    async handle({ event, log }) {
      const { DeploymentId: deploymentId, LifecycleEventHookExecutionId: hookId } = checkedInput(
        hookEvent,
        event,
      );
      const { ok, reason } = await checkVersion({ caller, plugin, function: healthFunction });
      log[ok ? 'info' : 'error']('New version checked', { deploymentId, ok, reason });
      const status = ok ? 'Succeeded' : 'Failed';
      await codeDeploy.putLifecycleEventHookExecutionStatus({
        deploymentId,
        lifecycleEventHookExecutionId: hookId,
        status,
      });
    },
    refuse(_invocation, _problem, error) {
      throw error;
    },
  } satisfies Adapter<void>);
}
