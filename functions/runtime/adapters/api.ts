import type { Context } from 'aws-lambda';
import { bind } from '../binding.ts';
import type { HealthReport } from '../contract/health.ts';
import type { OnlyDeclared, PluginDefinition, PluginManifest, ServedOperations } from '../contract/plugin.ts';
import type { Reply } from '../contract/reply.ts';
import type { Adapter } from '../adapter.ts';
import { pipeline, type Handler } from '../pipeline.ts';
import { createRuntime, type RuntimeOptions } from '../runtime.ts';
import { createTokenVerifier } from '../tokens/verifier.ts';
import { answeringConfig } from './config-alias.ts';
import { checkKinds, directAdapter, healthAdapter } from './direct.ts';
import type { HttpResponse } from './http-event.ts';
import { httpAdapter } from './http.ts';
import type { OperationsByName } from './run-operation.ts';

/**
 * Serves the operations of one function: over HTTP, and by direct invoke (GraphQL fields, other plugins, health).
 * @param operations by their names in the manifest, all that it gives to this function
 */
export function apiHandler<M extends PluginManifest, C, S, const O extends ServedOperations<M, S>>(
  plugin: PluginDefinition<M, C, S>,
  operations: O & OnlyDeclared<M, O>,
  options: RuntimeOptions & { readonly deployment?: Adapter<void> } = {},
): Handler<HttpResponse | Reply<unknown> | HealthReport | void> {
  const runtime = createRuntime(plugin, options);
  const { auth, strictOutput, tokens, sourceFolder } = runtime.environment;
  const served = {
    manifest: plugin.manifest,
    operations: operations as unknown as OperationsByName,
    auth,
    strictOutput,
  };
  const http = pipeline(runtime, httpAdapter(served));
  const direct = pipeline(runtime, directAdapter({ ...served, verify: createTokenVerifier(tokens) }));
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
  return bind(answeringConfig(plugin, runtime, handler), { kind: 'operations', units: operations });
}
