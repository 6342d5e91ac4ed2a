import type { PluginCaller } from '#runtime/call.ts';
import { redactText } from '#runtime/redact.ts';
import type { HealthReport, HealthStatus } from '#runtime/contract/health.ts';
import { errorLine, type Directory, type DirectoryPlugin, type PluginError } from '../data.ts';
import type { RegistryStore } from './registry-store.ts';

export interface PluginHealth {
  readonly name: string;
  readonly version: string;
  /** Of a plugin that was left out, with everything that is wrong with it. */
  readonly health: HealthReport & { readonly errors?: readonly PluginError[] };
}

export interface PlatformHealth {
  /** The worst of those that should work; being unloaded is no illness. */
  readonly status: HealthStatus;
  readonly plugins: readonly PluginHealth[];
}

export interface HealthOptions {
  readonly directory: Directory;
  readonly registry: Pick<RegistryStore, 'read'>;
  readonly caller: Pick<PluginCaller, 'health'>;
  readonly cacheMs?: number;
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

const SEVERITY: readonly HealthStatus[] = ['unloaded', 'healthy', 'degraded', 'unhealthy'];

/** Asks every loaded plugin how it is, all at once and not more often than the cache allows. */
export function createHealthCheck({
  directory,
  registry,
  caller,
  cacheMs = 5000,
  timeoutMs = 2000,
  now = Date.now,
}: HealthOptions): () => Promise<PlatformHealth> {
  const cache = new Map<string, { readonly report: Promise<HealthReport>; readonly askedAt: number }>();

  async function ask({ name, function: key }: DirectoryPlugin): Promise<HealthReport> {
    if (key === undefined) return { status: 'healthy' };
    try {
      return await caller.health(name, { function: key, timeoutMs });
    } catch (error) {
      const reason = `its function "${key}" ${whyNot(error, timeoutMs)}`;
      return { status: 'unhealthy', reason };
    }
  }

  async function reportOf(plugin: DirectoryPlugin): Promise<HealthReport> {
    // The registry is never cached here: whoever loads a plugin sees it in the next answer.
    const { state } = await registry.read(plugin.name);
    if (state === 'unloaded') {
      cache.delete(plugin.name);
      return { status: 'unloaded' };
    }
    const held = cache.get(plugin.name);
    if (held && now() - held.askedAt < cacheMs) return held.report;
    const report = ask(plugin);
    cache.set(plugin.name, { report, askedAt: now() });
    return report;
  }

  return async () => {
    const asked = await Promise.all(
      directory.plugins.map(async (plugin) => ({
        name: plugin.name,
        version: plugin.version,
        health: await reportOf(plugin),
      })),
    );
    const broken = directory.broken.map(({ name, errors }) => ({
      name,
      version: 'unknown',
      health: { status: 'unhealthy' as const, reason: errors.map(errorLine).join('; '), errors },
    }));
    const plugins = [...asked, ...broken].sort((a, b) => (a.name < b.name ? -1 : 1));
    const worst = Math.max(1, ...plugins.map(({ health }) => SEVERITY.indexOf(health.status)));
    return { status: SEVERITY[worst] ?? 'unhealthy', plugins };
  };
}

function whyNot(error: unknown, timeoutMs: number): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error) || cause.name === 'AbortError' || cause.name === 'TimeoutError') {
    return `did not answer within ${timeoutMs} ms`;
  }
  return `failed: ${redactText(cause.message)}`;
}
