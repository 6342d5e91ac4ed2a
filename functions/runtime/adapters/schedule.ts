import * as z from 'zod/mini';
import { bind } from '../binding.ts';
import { platformProblem } from '../contract/errors.ts';
import type { PluginDefinition, PluginManifest } from '../contract/plugin.ts';
import type { Schedule, ScheduleSummary } from '../contract/schedule.ts';
import { NO_FUNCTION } from '../environment.ts';
import type { Adapter } from '../adapter.ts';
import { contextOf } from '../invocation.ts';
import { pipeline, type Handler } from '../pipeline.ts';
import { createRuntime, type RuntimeOptions } from '../runtime.ts';
import { answeringConfig } from './config-alias.ts';
import { checkedInput } from './input.ts';

/** How a run ended: what it did not throw, or that it was left out because the plugin is unloaded. */
interface ScheduleResult {
  readonly schedule: string;
  readonly outcome: 'done' | 'skipped';
  readonly summary?: ScheduleSummary;
}

type Schedules<M extends PluginManifest, S> = { readonly [K in keyof M['schedules']]?: Schedule<S> };

/**
 * Runs the schedules of one function.
 * @throws Error unless `schedules` has exactly those that the manifest binds to this function
 */
export function scheduleHandler<M extends PluginManifest, C, S>(
  plugin: PluginDefinition<M, C, S>,
  schedules: Schedules<M, S>,
  options: RuntimeOptions = {},
): Handler<ScheduleResult> {
  const runtime = createRuntime(plugin, options);
  const own: Readonly<Record<string, Schedule<S> | undefined>> = schedules;
  const { functionName } = runtime.environment;
  // Where the build imports the code there is no function, and the build compares all of them itself.
  if (functionName !== NO_FUNCTION) checkSchedules(plugin.manifest, functionName, Object.keys(own));
  const handler = pipeline(runtime, scheduleAdapter(own));
  return bind(answeringConfig(plugin, runtime, handler), { kind: 'schedules', units: own });
}

/** A schedule without code, and code without a schedule, is an error at cold start and not at the time of the run. */
function checkSchedules(manifest: PluginManifest, functionName: string, given: readonly string[]): void {
  const declared = Object.entries(manifest.schedules ?? {}).flatMap(([name, { function: key }]) =>
    key === functionName ? [name] : [],
  );
  const missing = declared.find((name) => !given.includes(name));
  if (missing !== undefined) {
    throw new Error(
      `"${functionName}" has no code for the schedule "${missing}", which plugin.json gives it`,
    );
  }
  const extra = given.find((name) => !declared.includes(name));
  if (extra !== undefined) {
    throw new Error(
      `"${functionName}" has code for the schedule "${extra}", which plugin.json does not give it`,
    );
  }
}

/** The event of a run, as the template writes it. */
const scheduleEvent = z.object({
  kind: z.literal('schedule'),
  schedule: z.string(),
  scheduledAt: z.iso.datetime(),
});

const nameOf = (event: unknown): unknown => (event as { readonly schedule?: unknown } | null)?.schedule;

function scheduleAdapter<S>(
  schedules: Readonly<Record<string, Schedule<S> | undefined>>,
): Adapter<ScheduleResult> {
  const known = (name: unknown): name is string => typeof name === 'string' && Object.hasOwn(schedules, name);
  return {
    describe(event) {
      const name = nameOf(event);
      return { operation: known(name) ? `schedule.${name}` : 'unknown-schedule' };
    },
    async handle(invocation) {
      const { schedule: name, scheduledAt } = checkedInput(scheduleEvent, invocation.event);
      const schedule = known(name) ? schedules[name] : undefined;
      if (!schedule) throw platformProblem('not-found', { detail: `There is no schedule "${name}".` });
      const summary = await schedule.run({
        ...contextOf<S>(invocation),
        schedule: name,
        scheduledAt: new Date(scheduledAt),
      });
      invocation.log.info('Schedule', { schedule: name, scheduledAt, ...summary });
      return { schedule: name, outcome: 'done', ...(summary && { summary }) };
    },
    refuse(invocation, problem, error) {
      const name = String(nameOf(invocation.event));
      // An unloaded plugin runs no schedules, and the next run comes by itself.
      if (problem.code === 'plugin-unloaded') {
        invocation.log.count('plugin.schedules.skipped');
        return { schedule: name, outcome: 'skipped' };
      }
      throw error;
    },
  };
}
