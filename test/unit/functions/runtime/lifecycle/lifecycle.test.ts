import { describe, expect, it } from 'vitest';
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
  const config: Pick<ConfigSource, 'current' | 'prefetch'> = {
    current: async (version = 'v0') => ({ values: { mode: version }, version }),
    prefetch: () => {},
  };
  const lifecycle = createLifecycle({
    name: 'probe',
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

  it('ends with onUnload and can begin again', async () => {
    let started = 0;
    const { lifecycle } = make(() => ({ started: ++started }));
    await lifecycle.ready('a');
    await lifecycle.end();
    expect(lifecycle.plugin()).toBeUndefined();
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

  it('that is slow does not replace a later one', async () => {
    const { lifecycle } = told({
      initialize: (mode) => new Promise((resolve) => setTimeout(resolve, mode === 'slow' ? 60 : 0)),
    });
    await lifecycle.ready('a');
    await Promise.all([lifecycle.ready('slow'), lifecycle.ready('fast')]);
    expect(lifecycle.plugin()?.getConfig()).toEqual({ mode: 'fast' });
  });
});
