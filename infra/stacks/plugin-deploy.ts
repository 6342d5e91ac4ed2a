import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { healthFunctionOf } from '#infra/bundling/compose/directory.ts';
import { aliasArn, grantInvoke } from '#infra/constructs/function-alias.ts';
import type { Monitoring } from '#infra/constructs/monitoring/monitoring.ts';
import { PluginFunction } from '#infra/constructs/plugin-function.ts';
import { type ShiftedAlias, TrafficShift } from '#infra/constructs/traffic-shift.ts';
import { names } from '#infra/deployment/deployment.ts';
import { endsDeployment } from '#infra/manifest/alarm-rules.ts';
import { DEPLOY_CHECK, deploymentConfigOf, movesInSteps } from '#infra/manifest/deploy.ts';
import { aliases } from '#runtime/aliases.ts';
import type { PluginParts } from './plugin-parts.ts';

/** They move with the stack, so that a check by them reaches the new version. */
const AT_ONCE: readonly string[] = [aliases.health, aliases.config];

/**
 * Has every alias that carries traffic move to a new version as `deploy.strategy` says. The health alias moves first:
 * by it a hook starts the new version and asks it for its health, before any traffic.
 */
export function shiftTraffic(
  scope: Construct,
  parts: PluginParts,
  functions: Readonly<Record<string, PluginFunction>>,
  { alarmNames }: Pick<Monitoring, 'alarmNames'>,
): void {
  const { deployment, plugin } = parts;
  const { name, deploy, observability } = plugin.manifest;
  if (!movesInSteps(deploy)) return;
  const shifted = Object.entries(functions).flatMap(([key, fn]): ShiftedAlias[] =>
    [...fn.aliases]
      .filter(([aliasName]) => !AT_ONCE.includes(aliasName))
      .map(([aliasName, alias]) => ({ key, aliasName, alias })),
  );
  // Without a function that runs operations, nothing can be asked.
  const healthKey = healthFunctionOf(plugin.manifest);
  const health = functions[healthKey ?? '']?.aliases.get(aliases.health);
  const shift = new TrafficShift(scope, 'TrafficShift', {
    deployment,
    plugin: name,
    deploymentConfig: deploymentConfigOf(deploy.strategy),
    alarmNames: [...alarmNames].flatMap(([key, alarm]) =>
      endsDeployment(key, observability) ? [alarm] : [],
    ),
    aliases: shifted,
    hookName: health && names.function(deployment.stage, name, DEPLOY_CHECK),
  });
  if (!health || healthKey === undefined) return;
  const hook = createHook(scope, parts, { shift, healthKey });
  for (const { alias } of shifted) alias.node.addDependency(health, hook);
}

/** The function that CodeDeploy starts before it moves traffic; it may ask for health and report, and no more. */
function createHook(
  scope: Construct,
  { deployment, plugin, deployCheckDir }: PluginParts,
  { shift, healthKey }: { readonly shift: TrafficShift; readonly healthKey: string },
): PluginFunction {
  const { name } = plugin.manifest;
  if (deployCheckDir === undefined) throw new Error('the check of new versions has no bundle');
  const boundary = new ManagedPolicy(scope, 'DeployCheckBoundary', {
    description: `What the check of new versions of ${name} cannot go beyond`,
  });
  const hook = new PluginFunction(scope, `Function-${DEPLOY_CHECK}`, {
    deployment,
    plugin: name,
    key: DEPLOY_CHECK,
    code: Code.fromAsset(deployCheckDir),
    handler: `${DEPLOY_CHECK}.handler`,
    description: `Checks a new version of ${name} before it gets traffic`,
    memoryMb: 256,
    timeoutSeconds: 60,
    environment: {
      ANINEEPLUS_FUNCTION_PREFIX: names.prefix(deployment.stage),
      ANINEEPLUS_HEALTH_FUNCTION: healthKey,
    },
    tracing: plugin.manifest.observability.tracing,
    boundary,
    metadata: { grantable: [] },
  });
  const healthArn = aliasArn(scope, names.function(deployment.stage, name, healthKey), aliases.health);
  for (const grantee of [hook, boundary]) {
    grantInvoke(grantee, [healthArn]);
    shift.grantReport(grantee);
  }
  return hook;
}
