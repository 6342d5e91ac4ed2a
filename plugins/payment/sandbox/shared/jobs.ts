import type { Core } from './core.ts';
import type { JobRecord } from './store/records.ts';

const SLEEP_MAX_MS = 60_000;
/** Jobs that fall due this close to each other run in one go. */
const BATCH_MS = 60_000;

/** Does what falls due on the sandbox's clock. */
export interface JobRunner {
  /** Runs everything due now and sets the alarm for the next. */
  run(): void;
  close(): void;
}

/**
 * Starts the runner; jobs that fell due while the sandbox was down run at once. `perform` runs in the transaction
 * that removes the job.
 */
export function startJobs(core: Core, perform: (job: JobRecord) => void): JobRunner {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const run = (): void => {
    clearTimeout(timer);
    if (closed) return;
    for (;;) {
      const jobs = core.store.all('job').sort((a, b) => a.value.dueAtMs - b.value.dueAtMs);
      const [first] = jobs;
      if (!first) return;
      const { dueAtMs } = first.value;
      if (dueAtMs > core.nowMs()) {
        // The whole sandbox wakes, because what happens then has webhooks.
        timer = setTimeout(core.wake, Math.min(dueAtMs - core.nowMs() + 1, SLEEP_MAX_MS));
        return;
      }
      // A batch at a time: what these jobs leave to do may be due before the others.
      const endMs = Math.min(dueAtMs + BATCH_MS, core.nowMs());
      runAll(jobs.filter(({ value }) => value.dueAtMs <= endMs));
    }
  };
  const runAll = (jobs: readonly { readonly id: string; readonly value: JobRecord }[]): void => {
    for (const { id, value } of jobs) {
      core.store.transaction(() => {
        // A job that ran before may have called this one off, or put it off.
        if (core.store.get('job', id)?.dueAtMs !== value.dueAtMs) return;
        core.store.delete('job', id);
        perform(value);
      });
    }
  };
  return {
    run,
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}
