import type { Fault } from '../schema/validate.ts';

/** A configuration that does not fit its schema: names the paths, never the values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly plugin: string;
  readonly faults: readonly Fault[];

  constructor(plugin: string, faults: readonly Fault[], cause?: unknown) {
    super(
      `Configuration of "${plugin}": ${faults.map((fault) => `${fault.path || '(all)'} ${fault.message}`).join('; ')}`,
      { cause },
    );
    this.plugin = plugin;
    this.faults = faults;
  }
}
