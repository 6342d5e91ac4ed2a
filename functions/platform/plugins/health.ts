import type { PluginCaller } from '#runtime/call.ts';
import { healthStatuses, type HealthReport, type HealthStatus } from '#runtime/contract/health.ts';
import { within } from '#runtime/within.ts';
import { failureText, isThrottled, isTimeout } from './failure-text.ts';
import { createHealthChecks } from './health-checks.ts';
import { byName, reasonOf, type Directory, type DirectoryPlugin, type PluginError } from '../data.ts';
import { isServing } from '#runtime/lifecycle/registry-state.ts';
import type { RegistryEntry, RegistryStore } from '../registry/registry-store.ts';

interface PluginHealth {
  readonly name: string;
  readonly version: string;
  /** With the errors of a plugin that was left out of the deployment. */
  readonly health: HealthReport & { readonly errors?: readonly PluginError[] };
}

export interface PlatformHealth {
  /** The worst of all plugins; an unloaded one does not count. */
  readonly status: HealthStatus;
  /** Why the platform itself is not healthy: its registry or its list of plugins cannot be read. */
  readonly reason?: string;
  readonly plugins: readonly PluginHealth[];
}

interface HealthOptions {
  readonly directory: () => Directory;
  readonly registry: Pick<RegistryStore, 'read'>;
  readonly caller: Pick<PluginCaller, 'health'>;
  /** On `local` the texts of AWS errors are shown; elsewhere they would name roles and accounts. */
  readonly stage: string;
  readonly cacheMs?: number;
  /** For each plugin: cold start, 1.5 seconds for `initialize` and 1.5 for its own check. */
  readonly timeoutMs?: number;
  /** For all of them, the reads of the registry included. */
  readonly deadlineMs?: number;
  /** Fewer than the 50 connections of an SDK client, since a check that waits for one would time out. */
  readonly checksMax?: number;
  readonly registryTimeoutMs?: number;
  readonly now?: () => number;
}

const SEVERITY: readonly HealthStatus[] = ['unloaded', 'healthy', 'unknown', 'degraded', 'unhealthy'];

const worstOf = (statuses: readonly HealthStatus[]): HealthStatus =>
  SEVERITY[Math.max(1, ...statuses.map((status) => SEVERITY.indexOf(status)))] ?? 'unhealthy';

/**
 * Checks every loaded plugin, at most once per `cacheMs`, and answers within `deadlineMs` however many hang. It never
 * throws: what cannot be read or does not answer is part of the report.
 */
export function createHealthCheck(options: HealthOptions): () => Promise<PlatformHealth> {
  const {
    directory,
    registry,
    caller,
    cacheMs = 5000,
    timeoutMs = 4500,
    deadlineMs = 8000,
    checksMax = 25,
    registryTimeoutMs = 2000,
    now = Date.now,
  } = options;
  const isLocal = options.stage === 'local';
  const failure = (error: unknown, limitMs = timeoutMs): string =>
    failureText(error, { timeoutMs: limitMs, isLocal });
  const checks = createHealthChecks({ check, cacheMs, timeoutMs, checksMax, now });

  async function check(
    { name, function: key }: DirectoryPlugin,
    limitMs: number,
  ): Promise<HealthReport | undefined> {
    if (key === undefined) return { status: 'healthy' };
    try {
      const report = await caller.health(name, { function: key, timeoutMs: limitMs });
      if (healthStatuses.includes(report?.status)) return report;
      return { status: 'unhealthy', reason: `its function "${key}" answers with no health report` };
    } catch (error) {
      if (limitMs < timeoutMs && isTimeout(error)) return undefined;
      return {
        status: isThrottled(error) ? 'degraded' : 'unhealthy',
        reason: `its function "${key}" ${failure(error)}`,
      };
    }
  }

  /** Not cached, so that a report that follows a transition shows it. */
  async function stateOf(name: string): Promise<Omit<ReadPlugin, 'plugin'>> {
    try {
      return await within(registry.read(name), registryTimeoutMs, () => {
        throw new DOMException('', 'TimeoutError');
      });
    } catch (error) {
      return { unread: `the plugin registry ${failure(error, registryTimeoutMs)}` };
    }
  }

  return async () => {
    const untilMs = now() + deadlineMs;
    let listed: Directory;
    try {
      listed = directory();
    } catch (error) {
      return { status: 'unhealthy', reason: `the list of plugins ${failure(error)}`, plugins: [] };
    }
    const read = await Promise.all(
      listed.plugins.map(async (plugin): Promise<ReadPlugin> => ({
        plugin,
        ...(await stateOf(plugin.name)),
      })),
    );
    const serving = read.filter(isChecked).map(({ plugin }) => plugin);
    for (const { plugin } of read) if (!serving.includes(plugin)) checks.forget(plugin.name);
    const reports = await checks.reports(serving, untilMs);
    const reason = `its check did not end within the ${deadlineMs} ms for all plugins: ask again`;
    const checked = read.map((one): CheckedPlugin => {
      const { plugin, unread } = one;
      if (!isChecked(one)) return { plugin, health: healthOfStopped(one) };
      return { plugin, health: reports.get(plugin.name) ?? { status: 'unknown', reason }, unread };
    });
    return platformHealth(checked, listed.broken);
  };
}

/** A plugin with what the registry says of it. */
interface ReadPlugin extends Partial<Pick<RegistryEntry, 'state' | 'reason'>> {
  readonly plugin: DirectoryPlugin;
  /** Why the registry could not be read. */
  readonly unread?: string | undefined;
}

/** While the registry cannot be read, a plugin works with the state that it read last; its own check says whether. */
const isChecked = ({ state }: ReadPlugin): boolean => state === undefined || isServing(state);

interface CheckedPlugin {
  readonly plugin: DirectoryPlugin;
  readonly health: HealthReport;
  /** Why the registry could not be read. */
  readonly unread?: string | undefined;
}

/** The platform's report, from those of its plugins. */
function platformHealth(checked: readonly CheckedPlugin[], broken: Directory['broken']): PlatformHealth {
  const deployed = checked.map(({ plugin, health }) => ({
    name: plugin.name,
    version: plugin.version,
    health: withErrors(plugin, health),
  }));
  const plugins = [...deployed, ...broken.map(healthOfBroken)].sort(byName);
  const statuses = plugins.map(({ health }) => health.status);
  const reason = checked.find(({ unread }) => unread !== undefined)?.unread;
  if (reason === undefined) return { status: worstOf(statuses), plugins };
  return { status: worstOf([...statuses, 'degraded']), reason, plugins };
}

/** A plugin that takes no calls: one that somebody has unloaded is as it should be, one that does not start is not. */
const healthOfStopped = ({ state, reason }: ReadPlugin) =>
  state === 'failed'
    ? ({ status: 'unhealthy', reason: `it could not be loaded: ${reason}` } as const)
    : ({ status: 'unloaded' } as const);

/** A plugin that is not part of this deployment because of its errors. */
const healthOfBroken = ({ name, errors }: Directory['broken'][number]): PluginHealth => ({
  name,
  version: 'unknown',
  health: { status: 'unhealthy', reason: reasonOf(errors, false), errors },
});

/** `degraded` for a plugin whose last good build is served while its current code has errors. */
function withErrors({ errors }: DirectoryPlugin, report: HealthReport): PluginHealth['health'] {
  if (!errors) return report;
  const reason = [reasonOf(errors, report.status !== 'unloaded'), report.reason].filter(Boolean).join('; ');
  return {
    ...report,
    status: report.status === 'healthy' ? 'degraded' : report.status,
    reason,
    errors,
  };
}
