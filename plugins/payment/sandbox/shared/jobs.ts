import type { SandboxAccount } from './account.ts';
import type { JobRecord } from './store/records.ts';

const SLEEP_MAX_MS = 60_000;
/** Jobs whose times are this close to each other run in one go. */
const BATCH_MS = 60_000;

/** Runs jobs at their times on the sandbox's clock. */
interface JobRunner {
  /** Runs the jobs whose time has come and sets a timer for the next. */
  run(): void;
  close(): void;
}

/**
 * Starts the runner; jobs whose time came while the sandbox was down run at once. `perform` runs in the transaction
 * that removes the job.
 */
export function startJobs(account: SandboxAccount, perform: (job: JobRecord) => void): JobRunner {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const run = (): void => {
    clearTimeout(timer);
    if (closed) return;
    for (;;) {
      const jobs = account.store.entries('job').sort((a, b) => a.value.dueAtMs - b.value.dueAtMs);
      const [first] = jobs;
      if (!first) return;
      const { dueAtMs } = first.value;
      if (dueAtMs > account.nowMs()) {
        // The whole sandbox wakes, because what happens then has webhooks.
        timer = setTimeout(account.wake, Math.min(dueAtMs - account.nowMs() + 1, SLEEP_MAX_MS));
        return;
      }
      // A batch at a time: a job that these add may come before the others.
      const endMs = Math.min(dueAtMs + BATCH_MS, account.nowMs());
      runAll(jobs.filter(({ value }) => value.dueAtMs <= endMs));
    }
  };
  const runAll = (jobs: readonly { readonly id: string; readonly value: JobRecord }[]): void => {
    for (const { id, value } of jobs) {
      account.store.transaction(() => {
        // A job that ran before may have deleted or rescheduled this one.
        if (account.store.get('job', id)?.dueAtMs !== value.dueAtMs) return;
        account.store.delete('job', id);
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
