import { setTimeout as sleep } from 'node:timers/promises';
import type { ScheduleResource } from '../resources/eventbridge.ts';
import type { ScheduleStore } from '../state/types.ts';
import type { AssemblyRef, Functions, Terminal } from '../types.ts';
import type { Clock } from './clock.ts';
import { runSchedule, type ScheduleRun } from './run.ts';
import { createScheduleTimes } from './schedule-times.ts';
import { createSerialQueues } from './serial-queues.ts';

/** The EventBridge Scheduler of this machine. */
export interface Scheduler {
  /** Begins to run what is due, at once what came due while the system was down. */
  start(): void;
  /**
   * Runs everything that is due now, once each however often it came due, after what is running already.
   * @returns how the runs ended
   */
  runDue(): Promise<readonly ScheduleRun[]>;
  /** Runs one schedule now, whatever its time; undefined when there is none of this name. */
  run(plugin: string, schedule: string): Promise<ScheduleRun | undefined>;
  list(): readonly ScheduleInfo[];
  /** Applies a new assembly. */
  apply(): void;
  /** Starts nothing more; resolves when the runs in flight have ended, or after a moment. */
  stop(): Promise<void>;
}

/** A schedule, as `GET /dev/clock` lists it. */
export interface ScheduleInfo {
  readonly plugin: string;
  readonly schedule: string;
  readonly expression: string;
  /** ISO time by the runner's clock; undefined: never again. */
  readonly next: string | undefined;
}

/** What the scheduler works with. */
interface SchedulerOptions {
  readonly assembly: AssemblyRef;
  readonly store: ScheduleStore;
  readonly clock: Clock;
  readonly functions: Functions;
  readonly terminal: Terminal;
}

/** The longest time between two checks of the clock. */
const TICK_MAX_MS = 30_000;

/** How long runs in flight may still take after `stop`. */
const GRACE_MS = 2_000;

/** Runs the assembly's schedules by the runner's clock, none of them twice at the same time. */
export function createScheduler({
  assembly,
  store,
  clock,
  functions,
  terminal,
}: SchedulerOptions): Scheduler {
  const times = createScheduleTimes(store, clock);
  const runs = createSerialQueues(() => tick());
  let timer: NodeJS.Timeout | undefined;
  let state: 'new' | 'started' | 'stopped' = 'new';

  const active = () => assembly.current.schedules.filter(({ enabled }) => enabled);

  const run = async (schedule: ScheduleResource, dueMs: number): Promise<ScheduleRun> => {
    const ended = await runSchedule(schedule, dueMs, assembly.current, functions);
    if (ended.status !== 'ok') {
      const name = `${schedule.plugin}/${schedule.key}`;
      terminal.warn(`schedule ${name} failed, and is tried next time: ${ended.reason}`);
    }
    return ended;
  };

  /** Runs a schedule when it is still due once the run before it has ended. */
  const runIfDue = (schedule: ScheduleResource): Promise<ScheduleRun | undefined> =>
    runs.run(schedule.arn, async () => {
      const dueMs = state === 'stopped' ? undefined : times.dueMs(schedule);
      if (dueMs === undefined) return undefined;
      const ended = await run(schedule, dueMs);
      // After the run: one that a kill has interrupted is repeated.
      times.recordRun(schedule, dueMs);
      return ended;
    });

  function tick(): void {
    clearTimeout(timer);
    if (state !== 'started') return;
    const free = active().filter(({ arn }) => !runs.isBusy(arn));
    for (const schedule of free.filter(times.isDue)) {
      runIfDue(schedule).catch((error: unknown) =>
        terminal.error(`schedule ${schedule.name}: ${String(error)}`),
      );
    }
    const waits = free.map((schedule) => (times.nextMs(schedule) ?? Infinity) - clock.nowMs());
    timer = setTimeout(tick, Math.min(TICK_MAX_MS, ...waits.filter((ms) => ms > 0)));
    timer.unref();
  }

  return {
    start() {
      state = 'started';
      tick();
    },
    async runDue() {
      const ended = await Promise.all(active().filter(times.isDue).map(runIfDue));
      return ended.filter((one) => one !== undefined);
    },
    async run(plugin, key) {
      const schedule = assembly.current.schedules.find((one) => one.plugin === plugin && one.key === key);
      return schedule && runs.run(schedule.arn, () => run(schedule, clock.nowMs()));
    },
    list: () => active().map((schedule) => infoOf(schedule, times.nextMs(schedule))),
    apply: tick,
    async stop() {
      state = 'stopped';
      clearTimeout(timer);
      await Promise.race([runs.settled(), sleep(GRACE_MS, undefined, { ref: false })]);
    },
  };
}

function infoOf({ plugin, key, expression }: ScheduleResource, nextMs: number | undefined): ScheduleInfo {
  const next = nextMs === undefined ? undefined : new Date(nextMs).toISOString();
  return { plugin, schedule: key, expression, next };
}
