import { loadConfig, NODE_REGION_CONFIG_OPTIONS } from '@smithy/core/config';
import type { Provider } from '@smithy/types';

interface Settings {
  readonly region?: string | Provider<string>;
  readonly defaultsMode?: string | Provider<string>;
}

const MODES = ['in-region', 'cross-region', 'mobile', 'standard', 'legacy'];

const valueOf = <T>(given: T | Provider<T>): T | Promise<T> =>
  typeof given === 'function' ? (given as Provider<T>)() : given;

async function modeOf({ region, defaultsMode }: Settings): Promise<string> {
  const given = await valueOf(defaultsMode ?? process.env['AWS_DEFAULTS_MODE'] ?? 'legacy');
  const mode = given.toLowerCase();
  if (MODES.includes(mode)) return mode;
  if (mode !== 'auto') {
    const known = ['auto', ...MODES].join(', ');
    throw new Error(`Invalid parameter for "defaultsMode", expect ${known}, got ${given}`);
  }
  // A function knows its region from a variable.
  const own = process.env['AWS_REGION'];
  const called = await valueOf(region ?? loadConfig(NODE_REGION_CONFIG_OPTIONS));
  return own === undefined ? 'standard' : called === own ? 'in-region' : 'cross-region';
}

/** The defaults of a client: `legacy` unless an option or a variable chooses others. */
export function resolveDefaultsModeConfig(settings: Settings = {}): () => Promise<string> {
  let mode: Promise<string> | undefined;
  return () => (mode ??= modeOf(settings));
}
