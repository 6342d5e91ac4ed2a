import { describe, expect, it, vi } from 'vitest';
import type { ConfigSource } from '#runtime/lifecycle/config.ts';
import { createLifecycle } from '#runtime/lifecycle/lifecycle.ts';
import { createPluginLoader } from '#runtime/lifecycle/loader.ts';
import { createPluginRegistry } from '#runtime/lifecycle/registry.ts';
import { environment, probe, quietTelemetry } from '../support.ts';

function make(initialize: (mode: string) => { started: number }) {
  return makeOf(probe({ initialize: async ({ mode }) => initialize(mode) }));
}

function makeOf(definition: ReturnType<typeof probe>) {
  const telemetry = quietTelemetry();
  const registry = createPluginRegistry();
  const failures: unknown[] = [];
  const loader = createPluginLoader({
    definitions: [definition],
    registry,
    environment: environment(),
    unloadFailed: (_, error) => void failures.push(error),
  });
  const clock = { now: 0 };
  const config: Pick<ConfigSource, 'current' | 'prefetch' | 'refreshFailure'> = {
    // A version that is called `none` leaves the member out.
    current: async (version = 'v0') => ({ values: version === 'none' ? {} : { mode: version }, version }),
    prefetch: () => {},
    refreshFailure: () => undefined,
  };
  const lifecycle = createLifecycle({
    loader,
    registry,
    config,
    log: telemetry.log,
    now: () => clock.now,
  });
  return { lifecycle, clock, warnings: telemetry.lines, failures };
}

describe('the life of a plugin in one environment', () => {
  it('initializes once per configuration', async () => {
    const modes: string[] = [];
    const { lifecycle } = make((mode) => ({ started: modes.push(mode) }));
    await Promise.all([lifecycle.ready('a'), lifecycle.ready('a')]);
    await lifecycle.ready('a');
    expect(await lifecycle.ready('b')).toMatchObject({ services: { started: 2 } });
    expect(modes).toEqual(['a', 'b']);
  });

  it('goes on with the old configuration when the new one does not work, and tries it again later', async () => {
    let repaired = false;
    let attempts = 0;
    const { lifecycle, clock, warnings } = make((mode) => {
      if (mode === 'bad' && !repaired) throw new Error(`attempt ${++attempts}`);
      return { started: mode === 'bad' ? 2 : 1 };
    });
    await lifecycle.ready('good');
    expect(await lifecycle.ready('bad')).toMatchObject({ services: { started: 1 } });
    expect(await lifecycle.ready('bad')).toMatchObject({ services: { started: 1 } });
    expect([attempts, warnings.length]).toEqual([1, 1]);
    repaired = true;
    clock.now = 30_000;
    expect(await lifecycle.ready('bad')).toMatchObject({ services: { started: 2 } });
  });

  it('ends by unloading what is registered', async () => {
    const unloaded: number[] = [];
    const onUnload = ({ started }: { started: number }) => void unloaded.push(started);
    const { lifecycle } = makeOf({ ...probe({ initialize: () => ({ started: 7 }) }), onUnload });
    (await lifecycle.ready('a')).release();
    await lifecycle.end();
    expect([unloaded, lifecycle.plugin()]).toEqual([[7], undefined]);
  });

  it('is that of the plugin which the loader discovers', async () => {
    const { lifecycle } = make(() => ({ started: 1 }));
    await lifecycle.ready('a');
    expect(lifecycle.plugin()?.metadata.name).toBe('probe');
    const nobody = createPluginLoader({
      definitions: [],
      registry: createPluginRegistry(),
      environment: environment(),
    });
    const registry = createPluginRegistry();
    const config = {
      current: async () => ({ values: {}, version: 'v' }),
      prefetch: () => {},
      refreshFailure: () => undefined,
    };
    const empty = createLifecycle({ loader: nobody, registry, config, log: quietTelemetry().log });
    await expect(empty.ready('a')).rejects.toThrow('is not known here');
  });

  it('lends each invocation the configuration of its services, frozen', async () => {
    const { lifecycle } = make((mode) => ({ started: mode === 'a' ? 1 : 2 }));
    const first = await lifecycle.ready('a');
    const second = await lifecycle.ready('b');
    expect([first.config, second.config]).toEqual([{ mode: 'a' }, { mode: 'b' }]);
    expect([first.services, second.services]).toEqual([{ started: 1 }, { started: 2 }]);
    expect(Object.isFrozen(first.config)).toBe(true);
  });

  it('is not longer than the environment has, and names the plugin whose onUnload hangs', async () => {
    const hanging = { ...probe(), onUnload: () => new Promise<void>(() => {}) };
    const { lifecycle, failures } = makeOf(hanging);
    (await lifecycle.ready('a')).release();
    const startedAt = performance.now();
    await lifecycle.end();
    expect(performance.now() - startedAt).toBeLessThan(450);
    expect(failures.map(String)).toEqual([
      'PluginLoadError: Plugin "probe": onUnload has not finished after 200 ms',
    ]);
  });
});

describe('a new configuration', () => {
  /** A plugin that tells its steps, with the number of its services. */
  function told(over: { initialize?: (mode: string) => Promise<void>; onLoad?: (n: number) => void } = {}) {
    const steps: string[] = [];
    let made = 0;
    const definition = {
      ...probe({
        initialize: async ({ mode }) => {
          await over.initialize?.(mode);
          return { started: ++made };
        },
      }),
      onLoad: ({ started }: { started: number }) => {
        steps.push(`load ${started}`);
        over.onLoad?.(started);
      },
      onUnload: ({ started }: { started: number }) => {
        steps.push(`unload ${started}`);
        if (started === 2) throw new Error('it is gone already');
      },
    };
    return { steps, ...makeOf(definition) };
  }

  it('loads its services and unloads the old ones, once each, also when that fails', async () => {
    const { lifecycle, steps, failures } = told();
    for (const version of ['a', 'a', 'b', 'c']) (await lifecycle.ready(version)).release();
    await expect.poll(() => steps).toHaveLength(5);
    await lifecycle.end();
    await lifecycle.end();
    expect(steps).toEqual(['load 1', 'load 2', 'unload 1', 'load 3', 'unload 2', 'unload 3']);
    expect(failures.map(String)).toEqual(['Error: it is gone already']);
  });

  it('lets those who work with the old services come to their end first', async () => {
    const { lifecycle, steps } = told();
    const [first, second] = [await lifecycle.ready('a'), await lifecycle.ready('a')];
    const third = await lifecycle.ready('b');
    expect([first.services, second.services, third.services]).toEqual([
      { started: 1 },
      { started: 1 },
      { started: 2 },
    ]);
    first.release();
    first.release();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(steps).toEqual(['load 1', 'load 2']);
    second.release();
    await expect.poll(() => steps).toEqual(['load 1', 'load 2', 'unload 1']);
  });

  it('takes down what still runs when the environment ends', async () => {
    const { lifecycle, steps } = told();
    await lifecycle.ready('a');
    await lifecycle.ready('b');
    await lifecycle.end();
    expect(steps.toSorted()).toEqual(['load 1', 'load 2', 'unload 1', 'unload 2']);
  });

  it('that cannot be loaded leaves the old one loaded', async () => {
    const { lifecycle, steps } = told({
      onLoad: (n) => {
        if (n === 2) throw new Error('no connection');
      },
    });
    (await lifecycle.ready('a')).release();
    expect((await lifecycle.ready('b')).services).toEqual({ started: 1 });
    await lifecycle.end();
    expect(steps).toEqual(['load 1', 'load 2', 'unload 1']);
  });

  it('is handed to the running plugin as what has changed, also where that is a member left out', async () => {
    const { lifecycle } = told();
    (await lifecycle.ready('a')).release();
    const running = lifecycle.plugin()!;
    const update = vi.spyOn(running, 'updateConfig');
    expect((await lifecycle.ready('b')).config).toEqual({ mode: 'b' });
    // The schema's default takes the place of what was set.
    expect((await lifecycle.ready('none')).config).toEqual({ mode: 'plain' });
    expect(update.mock.calls).toEqual([[{ mode: 'b' }], [{ mode: undefined }]]);
    expect(lifecycle.plugin()).toBe(running);
  });

  it('that failed is no base for the changes of the next', async () => {
    const { lifecycle } = told({
      initialize: async (mode) => {
        if (mode === 'bad') throw new Error('no');
      },
    });
    for (const version of ['none', 'bad']) (await lifecycle.ready(version)).release();
    expect((await lifecycle.ready('none')).config).toEqual({ mode: 'plain' });
  });

  it('that is slow does not replace a later one', async () => {
    const { lifecycle } = told({
      initialize: (mode) => new Promise((resolve) => setTimeout(resolve, mode === 'slow' ? 60 : 0)),
    });
    await lifecycle.ready('a');
    await Promise.all([lifecycle.ready('slow'), lifecycle.ready('fast')]);
    expect(lifecycle.plugin()?.getConfig()).toEqual({ mode: 'fast' });
  });
});
