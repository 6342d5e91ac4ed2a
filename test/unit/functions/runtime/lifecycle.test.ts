import { describe, expect, it } from 'vitest';
import type { ConfigSource } from '#runtime/config.ts';
import { createLifecycle } from '#runtime/lifecycle.ts';
import { createPluginLoader } from '#runtime/loader.ts';
import { createPluginRegistry } from '#runtime/registry.ts';
import { environment, probe, quietTelemetry } from './support.ts';

function make(initialize: (mode: string) => { started: number }) {
  const telemetry = quietTelemetry();
  const registry = createPluginRegistry();
  const definition = probe({ initialize: async ({ mode }) => initialize(mode) });
  const loader = createPluginLoader({
    definitions: [definition],
    registry,
    environment: environment(),
  });
  const clock = { now: 0 };
  const config: ConfigSource = {
    current: async (version = 'v0') => ({ values: { mode: version }, version }),
    prefetch: () => {},
    invalidate: () => {},
  };
  const lifecycle = createLifecycle({
    name: 'probe',
    loader,
    registry,
    config,
    log: telemetry.log,
    now: () => clock.now,
  });
  return { lifecycle, clock, warnings: telemetry.lines };
}

describe('the life of a plugin in one environment', () => {
  it('initializes once per configuration', async () => {
    const modes: string[] = [];
    const { lifecycle } = make((mode) => ({ started: modes.push(mode) }));
    await Promise.all([lifecycle.ready('a'), lifecycle.ready('a')]);
    await lifecycle.ready('a');
    expect(await lifecycle.ready('b')).toEqual({ started: 2 });
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
    expect(await lifecycle.ready('bad')).toEqual({ started: 1 });
    expect(await lifecycle.ready('bad')).toEqual({ started: 1 });
    expect([attempts, warnings.length]).toEqual([1, 1]);
    repaired = true;
    clock.now = 30_000;
    expect(await lifecycle.ready('bad')).toEqual({ started: 2 });
  });

  it('ends with onUnload and can begin again', async () => {
    let started = 0;
    const { lifecycle } = make(() => ({ started: ++started }));
    await lifecycle.ready('a');
    await lifecycle.end();
    expect(lifecycle.plugin()).toBeUndefined();
  });
});
