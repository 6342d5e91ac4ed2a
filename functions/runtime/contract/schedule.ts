import type { InvocationContext } from './operation.ts';

export interface ScheduleContext<S> extends InvocationContext<S> {
  /** Name of the schedule in the manifest. */
  readonly schedule: string;
  /** When the run was due, which may lie a little before it began. */
  readonly scheduledAt: Date;
}

/**
 * What a plugin does at fixed times. A run may be delivered twice and may overlap the next one, so it must bear both;
 * what it does not finish, the next one does.
 */
export interface Schedule<S> {
  readonly summary: string;
  /** May return a few counts for the log. Failing by throwing makes the run itself fail, and it is tried again. */
  run(context: ScheduleContext<S>): Promise<ScheduleSummary | void>;
}

/** Counts and codes of one run; never personal data. */
export type ScheduleSummary = Readonly<Record<string, number | string | boolean>>;

export function schedule<S>(definition: Schedule<S>): Schedule<S> {
  return definition;
}
