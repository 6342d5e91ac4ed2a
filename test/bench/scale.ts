import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Json, request } from '#testing/client.ts';
import { copyProject, editJson } from '#testing/project.ts';
import { generatedPlugins, writePlugins } from '../support/generated-plugins.ts';
import { type System, startSystem } from '../support/system.ts';
import { synthesize } from './synthesize.ts';

/** What a project with so many generated plugins, of three functions each, costs; milliseconds on the clock. */
export interface Scale {
  readonly count: number;
  /** Bundles as the cache has them, validation off. */
  readonly synth: number;
  /** From the start of the system to its first answer; the assembly is that of the synth before. */
  readonly start: number;
  /** `GET /plugins/health` while no function of them runs, until every plugin is healthy. */
  readonly coldHealth: number;
  /** The longest of those calls. */
  readonly longestCall: number;
  /** The same call where every function is warm, and no report is used again. */
  readonly warmHealth: number;
}

export type ScaleFigure = 'synth' | 'start' | 'coldHealth' | 'warmHealth';

/** Reports of plugins are used again for five seconds. */
const REPORTS_STALE_MS = 5_100;
const READY_WITHIN_MS = 600_000;

/** Measures projects with so many generated plugins beside those of this project, one after the other. */
export async function measureScale(counts: readonly number[]): Promise<readonly Scale[]> {
  const scales: Scale[] = [];
  for (const count of counts) {
    const project = copyProject();
    try {
      writePlugins(project, generatedPlugins(count));
      scales.push(await measureProject(project, count));
    } finally {
      rmSync(project, { recursive: true, force: true });
    }
  }
  return scales;
}

async function measureProject(project: string, count: number): Promise<Scale> {
  // The first one fills the caches. A change of the context alone makes another assembly of the same bundles.
  timedSynth(project);
  editJson(join(project, 'cdk.json'), (document) => {
    document.context.bench = 'again';
  });
  const synth = timedSynth(project);
  const startedAt = performance.now();
  const system = await startSystem({ cwd: project, readyWithinMs: READY_WITHIN_MS });
  try {
    await request(system.url, 'GET', '/plugins');
    const start = performance.now() - startedAt;
    const cold = await untilHealthy(system);
    await sleep(REPORTS_STALE_MS);
    const { ms: warmHealth } = await health(system);
    return { count, synth, start, ...cold, warmHealth };
  } finally {
    await system.stop();
  }
}

function timedSynth(project: string): number {
  const startedAt = performance.now();
  synthesize(project, join(project, 'cdk.out'));
  return performance.now() - startedAt;
}

async function health(system: System): Promise<{ readonly ms: number; readonly allHealthy: boolean }> {
  const startedAt = performance.now();
  const { body } = await request(system.url, 'GET', '/plugins/health');
  const generated = (body.plugins as Json[]).filter(({ name }) => name.startsWith('gen-'));
  return {
    ms: performance.now() - startedAt,
    allHealthy: generated.every((one) => one.health.status === 'healthy'),
  };
}

async function untilHealthy(system: System): Promise<Pick<Scale, 'coldHealth' | 'longestCall'>> {
  let coldHealth = 0;
  let longestCall = 0;
  for (;;) {
    const { ms, allHealthy } = await health(system);
    coldHealth += ms;
    longestCall = Math.max(longestCall, ms);
    if (allHealthy) return { coldHealth, longestCall };
  }
}

/** Cost of each plugin beyond the first. */
export function perPlugin(scales: readonly Scale[], at: Scale, figure: ScaleFigure): number {
  const first = scales[0] ?? at;
  return (at[figure] - first[figure]) / (at.count - first.count);
}

/**
 * What growth is compared with: the measurement with half as many plugins as the last one, or the next below. With fewer
 * the cost of the plugins themselves is not larger than what one run varies from the next.
 */
export function growthBase(scales: readonly Scale[]): Scale | undefined {
  const most = scales.at(-1)?.count ?? 0;
  return scales.findLast(({ count }, index) => index > 0 && count <= most / 2);
}

/** Cost of each plugin beyond the first, divided by that of the base: 1 is linear growth, less is better. */
export function growth(scales: readonly Scale[], at: Scale, figure: ScaleFigure): number {
  return perPlugin(scales, at, figure) / perPlugin(scales, growthBase(scales) ?? at, figure);
}
