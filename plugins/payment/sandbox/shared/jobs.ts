import type { SandboxAccount } from './account.ts';
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
      // A batch at a time: what these jobs leave to do may be due before the others.
      const endMs = Math.min(dueAtMs + BATCH_MS, account.nowMs());
      runAll(jobs.filter(({ value }) => value.dueAtMs <= endMs));
    }
  };
  const runAll = (jobs: readonly { readonly id: string; readonly value: JobRecord }[]): void => {
    for (const { id, value } of jobs) {
      account.store.transaction(() => {
        // A job that ran before may have called this one off, or put it off.
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
