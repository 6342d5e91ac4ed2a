/** Runs tasks of the same key one after the other, and tasks of different keys concurrently. */
interface SerialQueues {
  isBusy(key: string): boolean;
  run<T>(key: string, task: () => Promise<T>): Promise<T>;
  /** Resolves when every task has ended, failed ones included. */
  settled(): Promise<unknown>;
}

/** @param onFree called when a queue is empty after a task that has not failed */
export function createSerialQueues(onFree: () => void): SerialQueues {
  const last = new Map<string, Promise<unknown>>();
  return {
    isBusy: (key) => last.has(key),
    run(key, task) {
      const done = (last.get(key) ?? Promise.resolve()).then(task, task);
      last.set(key, done);
      const leave = () => void (last.get(key) === done && last.delete(key));
      done.then(() => {
        leave();
        onFree();
      }, leave);
      return done;
    },
    settled: () => Promise.allSettled(last.values()),
  };
}
