import type { DocumentClient } from './aws/document-types.ts';
import { documentClient } from './aws/documents.ts';
import { type SecretsClient, secretsClient } from './aws/secrets.ts';
import { createBaseRuntime, type BaseRuntime, type BaseRuntimeOptions } from './base-runtime.ts';
import { createConfigSource, type ConfigSource } from './lifecycle/config.ts';
import { readOverrides } from './lifecycle/config-overrides.ts';
import type { PluginDefinition, PluginManifest } from './contract/plugin.ts';
import { duringInit } from './during-init.ts';
import type { FunctionEnvironment } from './environment.ts';
import { createLifecycle, type Lifecycle } from './lifecycle/lifecycle.ts';
import { createPluginLoader } from './lifecycle/loader.ts';
import { createPluginRegistry } from './lifecycle/registry.ts';
import { createStateReader, type StateReader } from './lifecycle/registry-state.ts';
import { startEarly } from './lifecycle/start-early.ts';
import { registerShutdownExtension } from './shutdown-extension.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { placeField } from './telemetry/thrown-at.ts';

/** The runtime of a function that runs a plugin's code. */
export interface FunctionRuntime extends BaseRuntime {
  readonly lifecycle: Lifecycle;
  readonly config: ConfigSource;
  /** Left out for the platform's own functions, which cannot be unloaded. */
  readonly state: StateReader | undefined;
}

/** What tests replace. */
export interface RuntimeOptions extends BaseRuntimeOptions {
  readonly documents?: () => Pick<DocumentClient, 'get'>;
  readonly secrets?: () => Pick<SecretsClient, 'getSecretValue'>;
  readonly initializeTimeoutMs?: number;
}

/**
 * Puts a plugin's runtime together. In an execution environment it starts at once what the first invocation needs of the
 * network; a function that reads neither the registry nor a secret has nothing to start.
 */
export function createRuntime<M extends PluginManifest, C, S>(
  definition: PluginDefinition<M, C, S>,
  options: RuntimeOptions = {},
): FunctionRuntime {
  const { manifest } = definition;
  const base = createBaseRuntime(manifest, options);
  const { environment, telemetry } = base;
  const { log } = telemetry;
  const registry = createPluginRegistry();
  const loader = createPluginLoader({
    definitions: [definition],
    registry,
    environment,
    timeoutMs: options.initializeTimeoutMs ?? 5000,
    unloadFailed: (_, error) =>
      log.error('onUnload failed', {
        error: error instanceof Error ? error : String(error),
        ...placeField(error, environment.sourceFolder),
      }),
  });
  const config = createConfigSource({
    shape: {
      plugin: manifest.name,
      version: manifest.config?.version ?? 1,
      migrations: definition.migrations ?? {},
    },
    secretId: environment.configSecret,
    client: options.secrets ?? secretsClient,
    stageValues: environment.stageValues,
    overrides: readOverrides({
      plugin: manifest.name,
      schema: definition.config,
      envPrefix: manifest.config?.envPrefix,
      variables: environment.variables,
      secretsAllowed: environment.secretOverrides,
      warn: (message, fields) => log.warn(message, fields),
    }),
    warn: (message, fields) => log.warn(message, fields),
    refreshFailed: () => log.count('plugin.config.refresh.errors'),
  });
  const lifecycle = createLifecycle({
    loader,
    registry,
    config,
    log,
    sourceFolder: environment.sourceFolder,
    loaded: (durationMs) => log.duration('plugin.load.duration', durationMs),
  });
  if (definition.onUnload) endWithProcess(lifecycle, telemetry, environment);
  const state =
    environment.registryTable === undefined || manifest.name === 'platform'
      ? undefined
      : createStateReader({
          client: options.documents ?? documentClient,
          table: environment.registryTable,
          plugin: manifest.name,
          initial: environment.initialState,
        });
  const reads = state !== undefined || environment.configSecret !== undefined;
  if (reads && environment.runtimeApi) duringInit(startEarly({ lifecycle, state }));
  return { ...base, lifecycle, config, state };
}

/** Lambda ends an environment that has an extension with SIGTERM and leaves 500 ms: best effort, and it may never come. */
function endWithProcess(
  lifecycle: Lifecycle,
  { log }: Telemetry,
  { runtimeApi }: Pick<FunctionEnvironment, 'runtimeApi'>,
): void {
  registerShutdownExtension(runtimeApi, log);
  process.once('SIGTERM', () => {
    lifecycle
      .end()
      .catch((error: unknown) => log.error('onUnload failed', { error: String(error) }))
      .finally(() => process.exit(0));
  });
}
