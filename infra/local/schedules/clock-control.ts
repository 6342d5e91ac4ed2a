import { sweepExpired } from '../engine/ttl.ts';
import type { Engine } from '../engine/types.ts';
import type { AssemblyRef } from '../types.ts';
import type { Clock } from './clock.ts';
import type { ScheduleRun } from './run.ts';
import type { ScheduleInfo, Scheduler } from './scheduler.ts';

/** What `GET /dev/clock` answers. */
export interface ClockView {
  /** ISO time of the local system. */
  readonly now: string;
  readonly offsetMs: number;
  readonly schedules: readonly ScheduleInfo[];
}

/** What `POST /dev/clock` answers. */
export interface ClockAdvance extends ClockView {
  /** The schedules that came due, and how their runs ended. */
  readonly ran: readonly ScheduleRun[];
  /** Items whose time to live was over. */
  readonly expired: number;
}

/** Lets the developer read the clock, move it forward and run schedules. */
export interface ClockControl {
  view(): ClockView;
  /** Moves the clock forward; resolves when everything that came due by it has been done. */
  advance(ms: number): Promise<ClockAdvance>;
  run: Scheduler['run'];
}

/** What follows the clock when it is moved. */
interface ClockControlOptions {
  readonly assembly: AssemblyRef;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Gives every function new environments, which see the new time. */
  readonly renew: () => void;
  /** Called once all is done that came due. */
  readonly onAdvanced?: () => void;
}

export function createClockControl({
  assembly,
  engine,
  clock,
  scheduler,
  renew,
  onAdvanced,
}: ClockControlOptions): ClockControl {
  const view = (): ClockView => ({
    now: new Date(clock.nowMs()).toISOString(),
    offsetMs: clock.offsetMs(),
    schedules: scheduler.list(),
  });

  const advanceNow = async (ms: number): Promise<ClockAdvance> => {
    clock.advance(ms);
    renew();
    // Schedules first, as on AWS: there, items may outlive their time by hours.
    const ran = await scheduler.runDue();
    const expired = await sweepExpired(engine, assembly.current.tables, clock.nowMs());
    onAdvanced?.();
    return { ...view(), ran, expired };
  };

  // One advance after the other, so that each returns its own runs.
  let last: Promise<unknown> = Promise.resolve();
  return {
    view,
    advance(ms) {
      const done = last.then(() => advanceNow(ms));
      last = done.catch(() => {});
      return done;
    },
    run: (plugin, schedule) => scheduler.run(plugin, schedule),
  };
}
