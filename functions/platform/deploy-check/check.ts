import type { PluginCaller } from '#runtime/call.ts';
import { healthStatuses } from '#runtime/contract/health.ts';
import { failureText } from '../plugins/failure-text.ts';

/** For a cold start, and the 5 seconds each that `initialize` and `onLoad` may take. */
const START_TIMEOUT_MS = 12_000;
/** For `initialize` and the plugin's own check. */
const HEALTH_TIMEOUT_MS = 4500;

export interface VersionCheck {
  readonly ok: boolean;
  /** Why traffic must not move, or what the check found. */
  readonly reason: string;
}

interface VersionCheckOptions {
  readonly caller: Pick<PluginCaller, 'start' | 'health'>;
  readonly plugin: string;
  /** Key of the function that answers health checks. */
  readonly function: string;
}

/**
 * Starts the version that the health alias is at, which is the new one, and asks it for its health. A plugin that is
 * unloaded takes no traffic, so there is nothing to check; one that is degraded works.
 */
export async function checkVersion({
  caller,
  plugin,
  function: key,
}: VersionCheckOptions): Promise<VersionCheck> {
  const ask = { start: START_TIMEOUT_MS, health: HEALTH_TIMEOUT_MS } as const;
  let found = 'healthy';
  for (const step of ['start', 'health'] as const) {
    const timeoutMs = ask[step];
    try {
      const { status, reason } = await caller[step](plugin, { function: key, timeoutMs });
      if (status === 'unloaded') return { ok: true, reason: 'the plugin is unloaded' };
      const known = healthStatuses.includes(status) ? status : 'it answers with no health report';
      found = reason === undefined ? known : `${known}: ${reason}`;
      if (status !== 'healthy' && status !== 'degraded') return { ok: false, reason: `${step}: ${found}` };
    } catch (error) {
      return { ok: false, reason: `${step}: it ${failureText(error, { timeoutMs, isLocal: false })}` };
    }
  }
  return { ok: true, reason: found };
}
