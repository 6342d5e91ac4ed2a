import { createHash } from 'node:crypto';
import type { PluginEnvironment } from './contract/plugin.ts';
import type { ConfigValues } from './lifecycle/config-document.ts';
import type { InitialState } from './lifecycle/registry-state.ts';
import { screamingSnake } from './screaming-snake.ts';
import type { TracingOptions } from './telemetry/spans.ts';
import type { TokenIssuer } from './tokens/issuer.ts';

/** The environment variables that synth sets on a function. They are read nowhere else. */
export interface FunctionEnvironment extends PluginEnvironment {
  readonly plugin: string;
  /** The function's key in its manifest. */
  readonly functionName: string;
  readonly registryTable: string | undefined;
  /** State of the plugin until somebody loads or unloads it. */
  readonly initialState: InitialState;
  /** Where the deployed API answers; only for the function that describes it. */
  readonly apiUrl?: string | undefined;
  readonly configSecret: string | undefined;
  /** In front of a plugin's name in the name of its secret; only for the function that changes configurations. */
  readonly secretPrefix: string | undefined;
  /** Where backups of configurations are kept, and the public key that they are sealed to; for those that need it. */
  readonly backupTable?: string | undefined;
  readonly backupKey?: string | undefined;
  /** Configuration values that the code brings along for this stage. */
  readonly stageValues: ConfigValues;
  /** Whether environment variables may override secret values of the configuration: locally, or if the host says so. */
  readonly secretOverrides: boolean;
  /** Where errors are grouped. */
  readonly errorsTable?: string | undefined;
  readonly busName: string | undefined;
  readonly eventSource: string | undefined;
  /** Key of the function that answers health checks; only for the check of new versions. */
  readonly healthFunction?: string | undefined;
  /** `anineeplus-<stage>-`, in front of every function's name. */
  readonly functionPrefix: string;
  /** `none`: the API has no authorizer, so every caller is anonymous and may do everything. */
  readonly auth: 'jwt' | 'none';
  /** On the stages `local` and `test`, where every reply is checked against its operation's `output`. */
  readonly strictOutput: boolean;
  /** The plugin's folder in the project, on this machine alone: source maps name files below it. */
  readonly sourceFolder: string | undefined;
  /** Issuer of the access tokens of end users; undefined for functions that no other function calls. */
  readonly tokens: TokenIssuer | undefined;
  /** Operations that functions of other plugins may call here, by the alias that stands for each caller. */
  readonly callers: Readonly<Record<string, readonly string[]>>;
  /** How long a chain of calls may be that ends at an operation of a plugin, where it is more than one call. */
  readonly callHops: Readonly<Record<string, number>>;
  /** Where spans go, and how many; undefined where tracing is off. */
  readonly tracing: Pick<TracingOptions, 'endpoint' | 'ratio'> | undefined;
  /** Address of Lambda's own API in the execution environment; undefined outside of Lambda. */
  readonly runtimeApi: string | undefined;
  /** The whole environment, for the overrides of the configuration. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** The key of the function where the code runs outside of one. */
export const NO_FUNCTION = 'unknown';

/** The local runner's clock can be moved; on any other stage, or without one, the variable means nothing. */
function clockOf(variables: Readonly<Record<string, string | undefined>>): () => Date {
  const isLocal = variables['ANINEEPLUS_STAGE'] === 'local';
  const offsetMs = isLocal ? Number(variables['ANINEEPLUS_CLOCK_OFFSET_MS'] ?? 0) : 0;
  return Number.isSafeInteger(offsetMs) && offsetMs > 0
    ? () => new Date(Date.now() + offsetMs)
    : () => new Date();
}

const HASH_CHARS = 10;

/** Account and region are not for everyone who reads a provider's metadata, so only a hash of them goes out. */
function deploymentId(stage: string, identity = ''): string {
  const hash = createHash('sha256').update(`${stage}/${identity}`).digest('hex');
  return `${stage}-${hash.slice(0, HASH_CHARS)}`;
}

/** The stages of the local runner and of tests in one process. */
const isUndeployed = (stage: string): boolean => stage === 'local' || stage === 'test';

function tokensOf(variables: Readonly<Record<string, string | undefined>>): TokenIssuer | undefined {
  const issuer = variables['ANINEEPLUS_AUTH_ISSUER'];
  const audience = variables['ANINEEPLUS_AUTH_AUDIENCE'];
  if (issuer === undefined || audience === undefined) return undefined;
  return {
    issuer,
    audience: JSON.parse(audience) as readonly string[],
    // A deployed function reads keys where the issuer says and nowhere else.
    jwksUrl: isUndeployed(variables['ANINEEPLUS_STAGE'] ?? '')
      ? variables['ANINEEPLUS_AUTH_JWKS_URL']
      : undefined,
  };
}

/** Set by the local runner; a stage that is not written out counts as deployed. */
function sourceFolderOf(variables: Readonly<Record<string, string | undefined>>): string | undefined {
  return variables['ANINEEPLUS_STAGE'] === 'local' ? variables['ANINEEPLUS_SOURCE_FOLDER'] : undefined;
}

function tracingIn(variables: Readonly<Record<string, string | undefined>>): FunctionEnvironment['tracing'] {
  const endpoint = variables['ANINEEPLUS_TRACING'];
  return endpoint === undefined
    ? undefined
    : { endpoint, ratio: Number(variables['ANINEEPLUS_TRACING_RATIO'] ?? 1) };
}

/** @param variables `process.env` on Lambda; tests pass their own */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): FunctionEnvironment {
  const stage = variables['ANINEEPLUS_STAGE'] ?? 'local';
  return {
    stage,
    deployment: deploymentId(stage, variables['ANINEEPLUS_DEPLOYMENT']),
    plugin: variables['ANINEEPLUS_PLUGIN'] ?? 'unknown',
    functionName: variables['ANINEEPLUS_FUNCTION'] ?? NO_FUNCTION,
    registryTable: variables['ANINEEPLUS_REGISTRY_TABLE'],
    initialState: variables['ANINEEPLUS_INITIAL_STATE'] === 'registered' ? 'registered' : 'loaded',
    apiUrl: variables['ANINEEPLUS_API_URL'],
    configSecret: variables['ANINEEPLUS_CONFIG_SECRET'],
    secretPrefix: variables['ANINEEPLUS_CONFIG_SECRET_PREFIX'],
    backupTable: variables['ANINEEPLUS_CONFIG_BACKUP_TABLE'],
    backupKey: variables['ANINEEPLUS_CONFIG_BACKUP_KEY'],
    stageValues: JSON.parse(variables['ANINEEPLUS_CONFIG_STAGE_VALUES'] ?? '{}') as ConfigValues,
    secretOverrides: stage === 'local' || variables['ANINEEPLUS_CONFIG_SECRET_OVERRIDES'] === 'allow',
    errorsTable: variables['ANINEEPLUS_ERRORS_TABLE'],
    busName: variables['ANINEEPLUS_BUS_NAME'],
    eventSource: variables['ANINEEPLUS_EVENT_SOURCE'],
    healthFunction: variables['ANINEEPLUS_HEALTH_FUNCTION'],
    functionPrefix: variables['ANINEEPLUS_FUNCTION_PREFIX'] ?? `anineeplus-${stage}-`,
    // Anything but the written-out `none` demands a token: a lost variable must not open the API.
    auth: variables['ANINEEPLUS_AUTH'] === 'none' ? 'none' : 'jwt',
    strictOutput: isUndeployed(stage),
    sourceFolder: sourceFolderOf(variables),
    tokens: tokensOf(variables),
    callers: JSON.parse(variables['ANINEEPLUS_CALLERS'] ?? '{}') as Readonly<
      Record<string, readonly string[]>
    >,
    callHops: JSON.parse(variables['ANINEEPLUS_CALL_HOPS'] ?? '{}') as Readonly<Record<string, number>>,
    tracing: tracingIn(variables),
    runtimeApi: variables['AWS_LAMBDA_RUNTIME_API'],
    variables,
    now: clockOf(variables),
    table(name) {
      const variable = `ANINEEPLUS_TABLE_${screamingSnake(name)}`;
      const physical = variables[variable];
      if (!physical) {
        throw new Error(
          `No table "${name}" for this function: ${variable} is not set (see permissions in plugin.json)`,
        );
      }
      return physical;
    },
  };
}
