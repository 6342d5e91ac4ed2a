import type { PluginManifest } from './contract/plugin.ts';
import { createEntrances } from './entrance.ts';
import { readEnvironment, type FunctionEnvironment } from './environment.ts';
import { loadSpans, type SpanSource } from './telemetry/load-spans.ts';
import { createTelemetry, type Telemetry } from './telemetry/telemetry.ts';

/** What every function's pipeline works with, made once per execution environment. */
export interface BaseRuntime {
  readonly environment: FunctionEnvironment;
  readonly telemetry: Telemetry;
  /** Of the plugin; undefined for a function that runs beside it. */
  readonly version: string | undefined;
  /** The spans of its invocations. */
  readonly spans: SpanSource;
  /** What the alias of an invocation proves. */
  readonly entranceOf: ReturnType<typeof createEntrances>;
}

/** What tests replace. */
export interface BaseRuntimeOptions {
  readonly environment?: FunctionEnvironment;
  readonly telemetry?: Telemetry;
}

/**
 * The runtime of a function of the platform that runs beside a plugin and none of its code: it works for a plugin that is
 * unloaded or cannot start too, and loads nothing of what plugins are started with.
 */
export function createBaseRuntime(
  {
    name,
    version,
    operations,
  }: Pick<PluginManifest, 'name' | 'operations'> & Partial<Pick<PluginManifest, 'version'>>,
  { environment = readEnvironment(), telemetry = createTelemetry(name) }: BaseRuntimeOptions = {},
): BaseRuntime {
  const { tracing, functionName, stage } = environment;
  const spans = loadSpans(tracing && { ...tracing, plugin: name, functionName, stage }, telemetry.log);
  return { environment, telemetry, spans, version, entranceOf: createEntrances({ operations }, environment) };
}
