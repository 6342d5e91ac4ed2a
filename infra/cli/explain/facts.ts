import { describePlugins } from '#infra/bundling/compose/describe-plugins.ts';
import type { Throttle } from '#infra/deployment/deployment.ts';
import type { LoadedPlugin, ManifestSet } from '#infra/manifest/types.ts';
import { DEPLOY_CHECK } from '#infra/manifest/deploy.ts';
import { screamingSnake } from '#runtime/screaming-snake.ts';
import type { SynthesizedProject } from '../project/synthesized.ts';
import { type CostLine, costsOf, type FunctionCost } from './costs.ts';
import { type ExplainedAlarm, monitoringOf } from './monitoring.ts';
import { type ExplainedStatement, statementsOf } from './statements.ts';
import { type Trigger, triggersOf } from './triggers.ts';

/** Everything that `explain` says about one plugin. */
export interface ExplainedPlugin {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly manifest: string;
  readonly engine: string;
  readonly deploy: {
    readonly strategy: string;
    readonly load: string;
    /** Function that checks a new version before it gets traffic. */
    readonly check?: string;
  };
  readonly functions: readonly {
    readonly name: string;
    /** The name on AWS. */
    readonly deployedAs: string;
    readonly memoryMb: number;
    readonly timeoutSeconds: number;
    readonly triggers: readonly Trigger[];
    /** The role's policy, from the template. */
    readonly statements: readonly ExplainedStatement[];
  }[];
  readonly operations: readonly {
    readonly name: string;
    readonly route?: string;
    /** Left out: the route takes what the deployment says for every route. */
    readonly throttle?: Throttle;
    readonly field?: string;
    readonly scope: string;
    readonly expose: string;
    readonly function: string;
  }[];
  readonly events: {
    readonly publishes: readonly string[];
    readonly subscribes: readonly {
      readonly type: string;
      readonly version: string;
      readonly function: string;
    }[];
  };
  readonly tables: readonly {
    readonly name: string;
    readonly keys: string;
    readonly indexes: readonly { readonly name: string; readonly keys: string }[];
    readonly ttl?: string;
    readonly stream?: string;
  }[];
  readonly schedules: readonly {
    readonly name: string;
    readonly expression: string;
    readonly function: string;
  }[];
  readonly alarms: readonly ExplainedAlarm[];
  /** Name of the CloudWatch dashboard. */
  readonly dashboard?: string;
  readonly dependencies: readonly {
    readonly name: string;
    readonly version: string;
    readonly optional: boolean;
  }[];
  /** Plugins that depend on it. */
  readonly dependents: readonly string[];
  readonly config: readonly { readonly path: string; readonly variable: string; readonly secret: boolean }[];
  readonly costs: readonly FunctionCost[];
}

export type { CostLine };

/** Puts together what manifest, templates and code say. */
export async function explainedPlugin(
  rootDir: string,
  {
    plugin,
    set,
    synthesized,
  }: {
    readonly plugin: LoadedPlugin;
    readonly set: ManifestSet;
    readonly synthesized: Promise<SynthesizedProject>;
  },
  durationMs: number,
): Promise<ExplainedPlugin> {
  const { manifest, file } = plugin;
  const { name, version, description, engine, dependencies } = manifest;
  const [project, config] = await Promise.all([synthesized, configOf(rootDir, plugin)]);
  const functions = functionsOf(plugin, project);
  const graphqlMemoryMb =
    project.assembly.functions.find((fn) => fn.plugin === 'platform' && fn.key === 'graphql')?.memoryMb ?? 0;
  return {
    name,
    version,
    description,
    manifest: file,
    engine,
    deploy: deployOf(plugin, functions),
    functions,
    ...partsOf(plugin),
    tables: tablesOf(plugin, project),
    ...monitoringOf(plugin, project),
    dependencies: Object.entries(dependencies).map(([other, { version: range, optional }]) => {
      return { name: other, version: range, optional };
    }),
    dependents: set.plugins
      .filter((other) => name in other.manifest.dependencies)
      .map((other) => other.manifest.name),
    config,
    costs: costsOf(functions, { durationMs, graphqlMemoryMb }),
  };
}

/** How a new version gets its traffic. */
function deployOf(
  { manifest: { deploy } }: LoadedPlugin,
  functions: ExplainedPlugin['functions'],
): ExplainedPlugin['deploy'] {
  const check = functions.find(({ name }) => name === DEPLOY_CHECK)?.name;
  return { ...deploy, ...(check !== undefined && { check }) };
}

/** The values of the configuration, which only the code knows, by the variables that override them. */
async function configOf(rootDir: string, plugin: LoadedPlugin): Promise<ExplainedPlugin['config']> {
  const { name, config } = plugin.manifest;
  if (!config) return [];
  const { described } = await describePlugins(rootDir, [plugin]);
  const facts = described[name]?.facts.config;
  return (facts?.leaves ?? []).map((path) => ({
    path,
    variable: `${config.envPrefix}_${screamingSnake(path)}`,
    secret: facts?.secrets.includes(path) === true,
  }));
}

function functionsOf(
  { manifest }: LoadedPlugin,
  { assembly }: SynthesizedProject,
): ExplainedPlugin['functions'] {
  return assembly.functions
    .filter((fn) => fn.plugin === manifest.name)
    .map((fn) => ({
      name: fn.key,
      deployedAs: fn.name,
      memoryMb: fn.memoryMb,
      timeoutSeconds: fn.timeoutSeconds,
      triggers: triggersOf(fn, assembly, manifest),
      statements: statementsOf(assembly, fn.roleArn),
    }));
}

function partsOf({ manifest }: LoadedPlugin): Pick<ExplainedPlugin, 'operations' | 'events' | 'schedules'> {
  const { operations, events, schedules } = manifest;
  return {
    operations: Object.entries(operations).map(([name, { http, graphql, scope, expose, function: key }]) => ({
      name,
      ...(http && {
        route: `${http.method} ${http.path}`,
        ...(http.throttle && { throttle: http.throttle }),
      }),
      ...(graphql && { field: `${graphql.kind} ${graphql.field}` }),
      scope,
      expose,
      function: key,
    })),
    events: {
      publishes: events.publishes.map(({ type, version }) => `${type} ${version}`),
      subscribes: Object.values(events.subscribes).map(({ type, version, function: key }) => {
        return { type, version, function: key };
      }),
    },
    schedules: Object.entries(schedules).map(([name, { rate, cron, function: key }]) => ({
      name,
      expression: rate === undefined ? `cron(${cron})` : `rate(${rate})`,
      function: key,
    })),
  };
}

interface Key {
  readonly name: string;
}
const keysOf = ({
  partitionKey,
  sortKey,
}: {
  readonly partitionKey: Key;
  readonly sortKey: Key | undefined;
}): string => (sortKey === undefined ? partitionKey.name : `${partitionKey.name}, ${sortKey.name}`);

function tablesOf({ manifest }: LoadedPlugin, { assembly }: SynthesizedProject): ExplainedPlugin['tables'] {
  return Object.keys(manifest.tables).flatMap((name) => {
    const table = assembly.tables.find((one) => one.name.endsWith(`-${manifest.name}-${name}`));
    if (!table) return [];
    return {
      name,
      keys: keysOf(table),
      indexes: table.indexes.map((index) => ({ name: index.name, keys: keysOf(index) })),
      ...(table.ttlAttribute !== undefined && { ttl: table.ttlAttribute }),
      ...(table.streamView !== undefined && { stream: table.streamView }),
    };
  });
}
