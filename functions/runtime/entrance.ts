import type { Context } from 'aws-lambda';
import { aliases, callerNamed } from './aliases.ts';
import type { PluginManifest } from './contract/plugin.ts';
import type { FunctionEnvironment } from './environment.ts';

/** What the alias of an invocation proves, whatever the event says. */
export interface Entrance {
  /** `none`: without an alias, or by one that this function does not know. */
  readonly kind: 'trigger' | 'health' | 'config' | 'call' | 'deployment' | 'none';
  /** Undefined for an invocation without alias or version. */
  readonly alias: string | undefined;
  /** `plugin/function` of the function that invokes, for logs. */
  readonly caller: string;
  /** What the caller may call here. */
  readonly operations: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

/** Parts of a function's ARN without alias or version: `arn:aws:lambda:region:account:function:name`. */
const UNQUALIFIED_PARTS = 7;

/** Reads the entrance of an invocation from its alias; an alias that synth did not create is `none`. */
export function createEntrances(
  manifest: Pick<PluginManifest, 'operations'>,
  { functionName, callers }: Pick<FunctionEnvironment, 'functionName' | 'callers'>,
): (lambda: Pick<Context, 'invokedFunctionArn'>) => Entrance {
  const entrance = (kind: Entrance['kind'], alias?: string, operations = NOTHING): Entrance => ({
    kind,
    alias,
    caller: callerNamed(alias),
    operations,
  });
  const inGraphql = Object.entries(manifest.operations ?? {}).flatMap(
    ([name, { graphql, expose = 'public', function: servedBy = 'api' }]) =>
      graphql && expose === 'public' && servedBy === functionName ? [name] : [],
  );
  const known = new Map<string, Entrance>([
    [aliases.live, entrance('trigger', aliases.live)],
    [aliases.health, entrance('health', aliases.health)],
    [aliases.config, entrance('config', aliases.config)],
    [aliases.deployment, entrance('deployment', aliases.deployment)],
    [aliases.graphql, entrance('call', aliases.graphql, new Set(inGraphql))],
    ...Object.entries(callers).map(
      ([alias, operations]) => [alias, entrance('call', alias, new Set(operations))] as const,
    ),
  ]);
  return ({ invokedFunctionArn: arn }) => {
    const alias = typeof arn === 'string' ? arn.split(':')[UNQUALIFIED_PARTS] : undefined;
    return known.get(alias ?? '') ?? entrance('none', alias);
  };
}
