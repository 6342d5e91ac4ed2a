import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { apiHandler } from '#runtime/adapters/api.ts';
import { operation, type OperationContext } from '#runtime/contract/operation.ts';
import { definePlugin } from '#runtime/contract/plugin.ts';
import { createPluginLoader, PluginLoadError } from '#runtime/lifecycle/loader.ts';
import { createPluginRegistry } from '#runtime/lifecycle/registry.ts';
import { environment, httpEvent, invokedBy, lambdaContext, quietTelemetry } from '../support.ts';

interface Config {
  readonly greeting: string;
}

const steps: string[] = [];
const manifest = {
  name: 'greeter',
  version: '1.0.0',
  description: 'Says what it goes through',
  author: 'test',
  operations: { greet: { http: { method: 'GET', path: '/greet' } } },
};
const input = z.strictObject({});
const plugin = definePlugin({
  manifest,
  config: z.object({ greeting: z._default(z.string(), 'Hi') }),
  initialize: ({ greeting }) => void steps.push(`initialize ${greeting}`),
  onLoad: () => void steps.push('onLoad'),
  onUnload: () => void steps.push('onUnload'),
  health: () => ({ status: 'degraded', reason: 'as ever' }),
});
const greet = operation({
  summary: 'Answers with its configuration',
  input,
  output: z.object({ greeting: z.string(), isFrozen: z.boolean() }),
  errors: {},
  idempotency: 'none',
  run: async ({ config }: OperationContext<unknown, unknown, Config>) => ({
    greeting: config.greeting,
    isFrozen: Object.isFrozen(config),
  }),
});
const definitions = [plugin as never];

afterEach(() => {
  steps.length = 0;
  process.removeAllListeners('SIGTERM');
  vi.restoreAllMocks();
});

describe('a plugin by the names of its interface', () => {
  it('goes the way that the guide shows', async () => {
    const registry = createPluginRegistry();
    const loader = createPluginLoader({ definitions, registry, environment: environment() });
    const [name = ''] = loader.discoverPlugins();
    expect(name).toBe('greeter');
    const greeter = await loader.loadPlugin(name, { greeting: 'Hello' });
    expect(registry.get(name)).toBe(greeter);
    expect([greeter.getConfig(), Object.isFrozen(greeter.getConfig())]).toEqual([
      { greeting: 'Hello' },
      true,
    ]);
    await greeter.updateConfig({ greeting: undefined });
    expect(greeter.getConfig()).toEqual({ greeting: 'Hi' });
    expect(await greeter.health()).toEqual({ status: 'degraded', reason: 'as ever' });
    for (const { metadata } of registry.list()) await loader.unloadPlugin(metadata.name);
    expect(registry.list()).toEqual([]);
    await expect(loader.loadPlugin('other', {})).rejects.toThrow(PluginLoadError);
    expect(steps).toEqual(['initialize Hello', 'onLoad', 'initialize Hi', 'onLoad', 'onUnload', 'onUnload']);
  });
});

describe('a running function', () => {
  const handlerOf = () =>
    apiHandler(
      plugin,
      { greet },
      {
        environment: environment({ ANINEEPLUS_AUTH: 'none' }),
        telemetry: quietTelemetry(),
      },
    );

  it('initializes and loads the plugin at the first call, and lends each call its configuration', async () => {
    const handler = handlerOf();
    for (const _ of [1, 2]) {
      const answer = (await handler(httpEvent('GET /greet'), lambdaContext)) as { readonly body: string };
      expect(JSON.parse(answer.body)).toEqual({ greeting: 'Hi', isFrozen: true });
    }
    expect(steps).toEqual(['initialize Hi', 'onLoad']);
  });

  it('answers a health check with that of the plugin', async () => {
    expect(await handlerOf()({ kind: 'health' }, invokedBy('health'))).toEqual({
      status: 'degraded',
      reason: 'as ever',
    });
  });

  it('unloads the plugin at SIGTERM', async () => {
    const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
    const handler = handlerOf();
    await handler(httpEvent('GET /greet'), lambdaContext);
    process.emit('SIGTERM');
    await vi.waitFor(() => expect(exit).toHaveBeenCalledWith(0));
    expect(steps).toEqual(['initialize Hi', 'onLoad', 'onUnload']);
  });
});
