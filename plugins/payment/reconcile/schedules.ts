import { type Schedule, type ScheduleContext, schedule } from '#runtime/contract/schedule.ts';
import type { Flow } from '../flows/flow.ts';
import type { Services } from '../services.ts';
import { lookAtDue } from './due.ts';

const ACTOR = 'reconciler';

/** One run, as the flows of money see it: the cause of a change names the schedule and its time. */
function flowOf({ schedule: name, scheduledAt, ...context }: ScheduleContext<Services>): Flow {
  const id = `${name}:${scheduledAt.toISOString()}`;
  return { ...context, cause: { kind: 'reconciler', id }, actor: ACTOR };
}

export const due: Schedule<Services> = schedule({
  summary: 'Asks the provider about every payment whose time has come',
  run: async (context) => ({ ...(await lookAtDue(flowOf(context))) }),
});
