import type { Context } from 'aws-lambda';
import type { PluginDefinition, PluginManifest } from '../contract/plugin.ts';
import type { AnyPluginDefinition } from '../lifecycle/loader.ts';
import { pipeline, type Handler } from '../pipeline.ts';
import type { FunctionRuntime } from '../runtime.ts';

/**
 * Makes a handler answer the platform's config function too, which invokes it by an alias of its own, so that a plugin
 * can have its configuration checked whatever starts its functions. That code is loaded when it is asked for.
 */
export function answeringConfig<R, M extends PluginManifest, C, S>(
  plugin: PluginDefinition<M, C, S>,
  runtime: FunctionRuntime,
  handler: Handler<R>,
): Handler<R> {
  const definition = plugin as unknown as AnyPluginDefinition;
  let answering: Promise<Handler<unknown>> | undefined;
  const answer = async (event: unknown, context: Context): Promise<unknown> => {
    answering ??= import('./config.ts').then(({ configAdapter }) =>
      pipeline(runtime, configAdapter(definition, runtime)),
    );
    return (await answering)(event, context);
  };
  return (event, context) =>
    runtime.entranceOf(context).kind === 'config'
      ? // The config function alone gets this answer, and knows what it has asked for.
        (answer(event, context) as Promise<R>)
      : handler(event, context);
}
