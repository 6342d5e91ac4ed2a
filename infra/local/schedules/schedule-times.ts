import { type NextAfter, parseExpression } from '../events/schedule-expression.ts';
import type { ScheduleResource } from '../resources/eventbridge.ts';
import type { ScheduleStore } from '../state/types.ts';
import type { Clock } from './clock.ts';

/** When each schedule runs next, remembered over restarts. */
interface ScheduleTimes {
  /** Epoch milliseconds by the runner's clock; undefined: never again. */
  nextMs(schedule: ScheduleResource): number | undefined;
  readonly isDue: (schedule: ScheduleResource) => boolean;
  /** The last scheduled time that has passed, so that missed runs are made up for once; undefined when none has. */
  dueMs(schedule: ScheduleResource): number | undefined;
  /** Stores that the run of this time has ended. */
  recordRun(schedule: ScheduleResource, dueMs: number): void;
}

/** Stands for "never again" in the store. */
const NEVER = Number.MAX_SAFE_INTEGER;

export function createScheduleTimes(store: ScheduleStore, clock: Clock): ScheduleTimes {
  const stored = (schedule: ScheduleResource): number => {
    const { arn, expression } = schedule;
    const known = store.nextMs(arn, expression);
    if (known !== undefined) return known;
    // A schedule that is new or has changed counts from now.
    const next = nextAfterOf(schedule)(clock.nowMs()) ?? NEVER;
    store.setNext(arn, expression, next);
    return next;
  };
  const isDue = (schedule: ScheduleResource): boolean => stored(schedule) <= clock.nowMs();

  return {
    nextMs(schedule) {
      const next = stored(schedule);
      return next === NEVER ? undefined : next;
    },
    isDue,
    dueMs(schedule) {
      if (!isDue(schedule)) return undefined;
      const nextAfter = nextAfterOf(schedule);
      const nowMs = clock.nowMs();
      let due = stored(schedule);
      for (let next = nextAfter(due); next !== undefined && next <= nowMs; next = nextAfter(due)) due = next;
      return due;
    },
    recordRun: (schedule, dueMs) =>
      store.setNext(schedule.arn, schedule.expression, nextAfterOf(schedule)(dueMs) ?? NEVER),
  };
}

/** The reader of the assembly has refused what cannot be parsed. */
const nextAfterOf = ({ expression }: ScheduleResource): NextAfter =>
  parseExpression(expression) ?? (() => undefined);
