import { describe, expect, it } from 'vitest';
import { createPluginLoader, PluginLoadError, type AnyPluginDefinition } from '#runtime/lifecycle/loader.ts';
import { createPlugin } from '#runtime/lifecycle/plugin-instance.ts';
import { createPluginRegistry } from '#runtime/lifecycle/registry.ts';
import { environment, probe } from '../support.ts';

const loaderOf = (definition: unknown, timeoutMs = 5000) => {
  const registry = createPluginRegistry();
  const definitions = [definition as AnyPluginDefinition];
  return {
    registry,
    loader: createPluginLoader({ definitions, registry, environment: environment(), timeoutMs }),
  };
};

describe('the registry', () => {
  it('refuses a name that is taken', () => {
    const registry = createPluginRegistry();
    registry.register(createPlugin(probe(), { environment: environment() }));
    expect(() => registry.register(createPlugin(probe(), { environment: environment() }))).toThrow('"probe"');
    expect(registry.unregister('probe')).toBe(true);
    expect(registry.list()).toEqual([]);
  });
});

describe('the loader', () => {
  it('initializes, calls onLoad, registers, and takes down again', async () => {
    const steps: string[] = [];
    const definition = {
      ...probe({ initialize: ({ mode }) => ({ started: steps.push(`initialize ${mode}`) }) }),
      onLoad: () => void steps.push('load'),
      onUnload: () => void steps.push('unload'),
    };
    const { loader, registry } = loaderOf(definition);
    expect(loader.discoverPlugins()).toEqual(['probe']);
    const plugin = await loader.loadPlugin('probe', {});
    expect(registry.get('probe')).toBe(plugin);
    expect(plugin.metadata).toMatchObject({ name: 'probe', version: '1.2.3' });
    await plugin.updateConfig({ mode: 'other' });
    expect(plugin.getConfig()).toEqual({ mode: 'other' });
    expect(Object.isFrozen(plugin.getConfig())).toBe(true);
    await loader.unloadPlugin('probe');
    await loader.unloadPlugin('probe');
    expect(registry.get('probe')).toBeUndefined();
    expect(steps).toEqual(['initialize plain', 'load', 'initialize other', 'load', 'unload', 'unload']);
  });

  it.each([
    [
      'initialize throws',
      probe({ initialize: () => Promise.reject(new Error('no route')) }),
      'could not start: no route',
    ],
    [
      'initialize hangs',
      probe({ initialize: () => new Promise(() => {}) }),
      'initialize has not finished after 20 ms',
    ],
    [
      'onLoad hangs',
      { ...probe(), onLoad: () => new Promise<void>(() => {}) },
      'onLoad has not finished after 20 ms',
    ],
  ])('names the plugin when %s', async (_, definition, problem) => {
    const { loader, registry } = loaderOf(definition, 20);
    const failed = await loader.loadPlugin('probe', {}).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(PluginLoadError);
    expect(failed).toMatchObject({ plugin: 'probe', message: `Plugin "probe": ${problem}` });
    expect(registry.list()).toEqual([]);
  });

  it('names paths and never values of a configuration that does not fit', async () => {
    const { loader } = loaderOf(probe());
    await expect(loader.loadPlugin('probe', { mode: 4242 })).rejects.toThrow(
      /^Plugin "probe": could not start: Configuration of "probe": mode must be of type string$/,
    );
  });

  it('loads a plugin that is loaded no second time', async () => {
    const { loader, registry } = loaderOf(probe());
    const plugin = await loader.loadPlugin('probe', {});
    await expect(loader.loadPlugin('probe', {})).rejects.toThrow('Plugin "probe": is loaded already');
    expect(registry.list()).toEqual([plugin]);
  });

  it('keeps the old services when a new configuration does not work', async () => {
    const { loader } = loaderOf(
      probe({
        initialize: ({ mode }) => (mode === 'bad' ? Promise.reject(new Error('no')) : { started: 1 }),
      }),
    );
    const plugin = await loader.loadPlugin('probe', {});
    await expect(plugin.updateConfig({ mode: 'bad' })).rejects.toThrow('no');
    expect([plugin.services(), plugin.getConfig()]).toEqual([{ started: 1 }, { mode: 'plain' }]);
  });

  it('knows only what it was given', async () => {
    await expect(loaderOf(probe()).loader.loadPlugin('other', {})).rejects.toThrow('Plugin "other"');
  });
});
