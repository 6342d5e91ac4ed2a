/**
 * The aliases of a function. Lambda passes the alias of an invocation to the function, and IAM decides which alias a
 * role may invoke, so the alias proves who calls.
 */
export const aliases = {
  /** What AWS itself starts: API Gateway, function URLs, queues, streams, schedules. No function may invoke it. */
  live: 'live',
  /** The platform's GraphQL function. */
  graphql: 'graphql',
  /** The platform's health checks. */
  health: 'health',
  /** The platform's config function, which has a plugin check a version of its configuration. */
  config: 'config',
  /** CloudFormation, when a stack of the deployment has changed. */
  deployment: 'deployment',
  /** One function of another plugin. Neither name can hold the separator, so no two callers share an alias. */
  call: (plugin: string, functionName: string) => `call_${plugin}_${functionName}`,
} as const;

const PLATFORM_CALLERS: ReadonlyMap<string, string> = new Map([
  [aliases.graphql, 'platform/graphql'],
  [aliases.health, 'platform/plugins'],
  [aliases.config, 'platform/config'],
]);

const CALL = /^call_([^_]+)_([^_]+)$/;

/** Who invokes by an alias, as logs name them: `plugin/function`. */
export function callerNamed(alias: string | undefined): string {
  const [, plugin, functionName] = CALL.exec(alias ?? '') ?? [];
  if (plugin !== undefined) return `${plugin}/${functionName}`;
  return PLATFORM_CALLERS.get(alias ?? '') ?? 'unknown';
}
