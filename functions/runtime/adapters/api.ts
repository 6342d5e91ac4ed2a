import type { Context } from 'aws-lambda';
import { bind } from '../binding.ts';
import type { HealthReport } from '../contract/health.ts';
import type { PluginDefinition, PluginManifest } from '../contract/plugin.ts';
import type { Reply } from '../contract/reply.ts';
import type { AnyPluginDefinition } from '../lifecycle/loader.ts';
import type { Adapter } from '../adapter.ts';
import { pipeline, type Handler } from '../pipeline.ts';
import { createRuntime, type RuntimeOptions } from '../runtime.ts';
import { createTokenVerifier } from '../tokens/verifier.ts';
import { answeringConfig } from './config-alias.ts';
import { checkKinds, directAdapter, healthAdapter } from './direct.ts';
import type { HttpResponse } from './http-event.ts';
import { httpAdapter } from './http.ts';

/** Serves every operation of a plugin: over HTTP, and by direct invoke (GraphQL fields, other plugins, health). */
export function apiHandler<M extends PluginManifest, C, S>(
  plugin: PluginDefinition<M, C, S>,
  options: RuntimeOptions & { readonly deployment?: Adapter<void> } = {},
): Handler<HttpResponse | Reply<unknown> | HealthReport | void> {
  const runtime = createRuntime(plugin, options);
  const definition = plugin as unknown as AnyPluginDefinition;
  const { auth, strictOutput, tokens, sourceFolder } = runtime.environment;
  const http = pipeline(runtime, httpAdapter({ definition, auth, strictOutput }));
  const direct = pipeline(
    runtime,
    directAdapter({ definition, auth, strictOutput, verify: createTokenVerifier(tokens) }),
  );
  const health = pipeline(runtime, healthAdapter(plugin.manifest.name, runtime.lifecycle, sourceFolder));
  const deployment = options.deployment && pipeline(runtime, options.deployment);

  const handler = async (event: unknown, context: Context) => {
    // The alias decides on the adapter, because the sender chooses the event.
    const { kind: by } = runtime.entranceOf(context);
    if (by === 'trigger') return http(event, context);
    if (by === 'deployment' && deployment) return deployment(event, context);
    const { kind } = (event ?? {}) as { readonly kind?: unknown };
    return by === 'health' && checkKinds.has(kind) ? health(event, context) : direct(event, context);
  };
  return bind(answeringConfig(plugin, runtime, handler), { kind: 'operations', units: plugin.operations });
}
