import { StartupError } from '../errors.ts';
import { freePort, isPortFree } from '../ports.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { PluginMetadata, SandboxMetadata } from '../resources/plugin.ts';

/** A sandbox that will be started, with the port that it gets. */
export interface PlannedSandbox {
  readonly plugin: PluginMetadata;
  readonly sandbox: SandboxMetadata;
  readonly port: number;
}

/** A sandbox that is not started, and the setting that names the real provider's key instead. */
interface ReplacedSandbox {
  readonly plugin: PluginMetadata;
  readonly sandbox: SandboxMetadata;
  readonly setting: string;
}

/** Which sandboxes run, and which the real providers replace. */
export interface SandboxPlan {
  readonly started: readonly PlannedSandbox[];
  readonly replaced: readonly ReplacedSandbox[];
  /** Options that name no sandbox, perhaps because its plugin was left out. */
  readonly unknown: readonly string[];
}

/**
 * Decides which sandboxes run, and where. Real keys in the settings mean the real provider.
 * @param incomplete whether plugins were left out, so that an option may rightly name a sandbox that is not here
 * @throws StartupError when a port is taken or an option names no sandbox
 */
export async function planSandboxes(
  assembly: Assembly,
  ports: ReadonlyMap<string, number>,
  settings: Readonly<Record<string, string>>,
  incomplete = false,
): Promise<SandboxPlan> {
  const all = assembly.plugins.flatMap((plugin) => plugin.sandboxes.map((sandbox) => ({ plugin, sandbox })));
  const started: PlannedSandbox[] = [];
  const replaced: ReplacedSandbox[] = [];
  const unknown = [...ports.keys()].filter((name) => !all.some(({ sandbox }) => sandbox.name === name));
  for (const name of incomplete ? [] : unknown) {
    const known = all.map(({ sandbox }) => sandbox.name).join(', ') || 'none';
    throw new StartupError(
      'sandbox-unknown',
      `--sandbox-port ${name}: no plugin has a sandbox of that name (known: ${known})`,
    );
  }
  for (const { plugin, sandbox } of all) {
    const setting = Object.values(sandbox.config).find(
      ({ generate, env }) => generate !== undefined && settings[env],
    );
    if (setting) replaced.push({ plugin, sandbox, setting: setting.env });
    else
      started.push({ plugin, sandbox, port: await portOf(sandbox, ports.get(sandbox.name) ?? sandbox.port) });
  }
  return { started, replaced, unknown };
}

async function portOf({ name }: SandboxMetadata, wanted: number): Promise<number> {
  if (wanted === 0) return freePort();
  if (await isPortFree(wanted)) return wanted;
  const remedy = `choose another with: npm start -- --sandbox-port ${name}=<number>`;
  throw new StartupError(
    'port-in-use',
    `port ${wanted} of the ${name} sandbox is in use: stop what listens there, or ${remedy}`,
  );
}
