import { join } from 'node:path';
import { startTestPlatform, type TestPlatform, type TestPlatformOptions } from '#testing/platform.ts';

const root = join(import.meta.dirname, '../..');

/** The system under test, as a client sees it: what also a deployed stage has. */
export type System = Pick<
  TestPlatform,
  'url' | 'sandbox' | 'stateDir' | 'pid' | 'output' | 'stop' | 'kill9' | 'leftovers' | 'restart'
>;

export interface SystemOptions extends Pick<TestPlatformOptions, 'env' | 'args' | 'watch' | 'readyWithinMs'> {
  /** Root of the project that is run; this one by default. */
  readonly cwd?: string;
}

/**
 * Starts the local system on free ports and with a state of its own, or takes the deployed stage that `BASE_URL`
 * names (sandboxes then by `SANDBOX_STRIPE_URL` and the like).
 */
export async function startSystem({ cwd, ...options }: SystemOptions = {}): Promise<System> {
  // In Vitest's workers BASE_URL is always Vite's own, so its configuration hands it over as SYSTEM_URL.
  const deployed = process.env['SYSTEM_URL'] || process.env['BASE_URL'];
  if (deployed?.startsWith('http')) return deployedSystem(deployed);
  return startTestPlatform({ ...options, projectDir: cwd ?? root });
}

function deployedSystem(url: string): System {
  const impossible = () => Promise.reject(new Error('a deployed stage cannot be stopped by a test'));
  return {
    url,
    stateDir: '',
    pid: 0,
    output: () => '',
    sandbox(name) {
      const origin = process.env[`SANDBOX_${name.toUpperCase()}_URL`];
      if (origin === undefined) throw new Error(`SANDBOX_${name.toUpperCase()}_URL is not set`);
      return origin;
    },
    stop: async () => 0,
    kill9: impossible,
    leftovers: async () => [],
    restart: impossible,
  };
}
