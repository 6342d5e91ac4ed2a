import * as z from 'zod/mini';
import { checkedInput } from '#runtime/adapters/input.ts';
import type { Adapter } from '#runtime/adapter.ts';
import { createBaseRuntime, type BaseRuntimeOptions } from '#runtime/base-runtime.ts';
import { type CodeDeploy, createCodeDeploy } from '#runtime/aws/code-deploy.ts';
import { createCaller, type PluginCaller } from '#runtime/call.ts';
import { readEnvironment } from '#runtime/environment.ts';
import { pipeline, type Handler } from '#runtime/pipeline.ts';
import { checkVersion } from './check.ts';

/** What CodeDeploy sends to a hook. Source: CodeDeploy user guide, AppSpec "hooks" section for Lambda. */
const hookEvent = z.object({ DeploymentId: z.string(), LifecycleEventHookExecutionId: z.string() });

/** What tests replace. */
interface DeployCheckOptions extends BaseRuntimeOptions {
  readonly caller?: Pick<PluginCaller, 'start' | 'health'>;
  readonly codeDeploy?: CodeDeploy;
}

/** The hook of a plugin's deployments: CodeDeploy moves traffic to a new version when this has found it healthy. */
export function deployCheckHandler(options: DeployCheckOptions = {}): Handler<void> {
  const environment = options.environment ?? readEnvironment();
  const { plugin, healthFunction } = environment;
  if (healthFunction === undefined) throw new Error('ANINEEPLUS_HEALTH_FUNCTION is not set');
  const caller = options.caller ?? createCaller({ environment });
  const codeDeploy = options.codeDeploy ?? createCodeDeploy({ env: environment.variables });
  return pipeline(createBaseRuntime({ name: plugin }, { ...options, environment }), {
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
      log.count('plugin.deployments.checked', 1, { by: { outcome: ok ? 'healthy' : 'refused' } });
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
