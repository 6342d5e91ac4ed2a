import type { HealthReport } from '#runtime/contract/health.ts';
import type { DirectoryPlugin } from '../data.ts';

interface HealthCheckOptions {
  /** @returns undefined when `limitMs` have passed without an answer */
  readonly check: (plugin: DirectoryPlugin, limitMs: number) => Promise<HealthReport | undefined>;
  /** How long a report is used again. */
  readonly cacheMs: number;
  /** For each plugin. */
  readonly timeoutMs: number;
  /** Checks at the same time. */
  readonly checksMax: number;
  readonly now: () => number;
}

export interface HealthChecks {
  /**
   * The reports of these plugins, those that are not fresh by new checks. A plugin that was not checked to its end when
   * `untilMs` comes is left out.
   */
  reports(plugins: readonly DirectoryPlugin[], untilMs: number): Promise<ReadonlyMap<string, HealthReport>>;
  /** The next report of this plugin is a new one. */
  forget(plugin: string): void;
}

/** What is known of a plugin's last check. */
interface Checked {
  /** Undefined for a check that the end of the call cut off. */
  readonly report: HealthReport | undefined;
  readonly startedAt: number;
  readonly durationMs: number;
}

/**
 * Checks plugins, a bounded number at a time. Those that answered soonest the last time come first, so that plugins
 * which hang use up the time of each other and not that of the rest.
 */
export function createHealthChecks(options: HealthCheckOptions): HealthChecks {
  const { check, cacheMs, timeoutMs, checksMax, now } = options;
  const last = new Map<string, Checked>();

  async function checkOne(plugin: DirectoryPlugin, untilMs: number): Promise<void> {
    const startedAt = now();
    const report = await check(plugin, Math.min(timeoutMs, untilMs - startedAt));
    last.set(plugin.name, { report, startedAt, durationMs: now() - startedAt });
  }

  const isFresh = ({ name }: DirectoryPlugin): boolean => {
    const checked = last.get(name);
    return checked?.report !== undefined && now() - checked.startedAt < cacheMs;
  };

  function soonestFirst(a: DirectoryPlugin, b: DirectoryPlugin): number {
    const [one, other] = [last.get(a.name), last.get(b.name)];
    return (
      (one?.durationMs ?? 0) - (other?.durationMs ?? 0) || (one?.startedAt ?? 0) - (other?.startedAt ?? 0)
    );
  }

  return {
    async reports(plugins, untilMs) {
      const fresh = plugins.filter(isFresh);
      const waiting = plugins.filter((plugin) => !fresh.includes(plugin)).toSorted(soonestFirst);
      const done: DirectoryPlugin[] = [...fresh];
      const checkNext = async (): Promise<void> => {
        while (now() < untilMs) {
          const plugin = waiting.shift();
          if (plugin === undefined) return;
          await checkOne(plugin, untilMs);
          done.push(plugin);
        }
      };
      await Promise.all(Array.from({ length: checksMax }, checkNext));
      return new Map(
        done.flatMap(({ name }) => {
          const report = last.get(name)?.report;
          return report === undefined ? [] : [[name, report] as const];
        }),
      );
    },
    forget: (plugin) => void last.delete(plugin),
  };
}
