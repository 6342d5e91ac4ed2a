import type { InvocationContext } from './operation.ts';

/** What the `run` of a schedule gets. */
export interface ScheduleContext<S> extends InvocationContext<S> {
  /** Name of the schedule in the manifest. */
  readonly schedule: string;
  /** The time that EventBridge Scheduler started the run for, a little before it began. */
  readonly scheduledAt: Date;
}

/**
 * What a plugin does at fixed times. EventBridge Scheduler delivers at least once, and a run may overlap the next one,
 * so it must bear both; what one run does not finish, the next one does.
 */
export interface Schedule<S> {
  /** One line, for readers of the code. */
  readonly summary: string;
  /** May return a few counts for the log. Throwing makes the run fail; Lambda retries it twice. */
  run(context: ScheduleContext<S>): Promise<ScheduleSummary | void>;
}

/** Counts and codes of one run; never personal data. */
export type ScheduleSummary = Readonly<Record<string, number | string | boolean>>;

/** Gives a schedule its types; it adds nothing at run time. */
export function schedule<S>(definition: Schedule<S>): Schedule<S> {
  return definition;
}
