/** Work by key: what has the same key waits for what came before it. */
export interface Lanes {
  isBusy(key: string): boolean;
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is left to do, also when some of it failed. */
  settled(): Promise<unknown>;
}

/** @param onFree called when a lane is free again after work that has not failed */
export function createLanes(onFree: () => void): Lanes {
  const last = new Map<string, Promise<unknown>>();
  return {
    isBusy: (key) => last.has(key),
    run(key, work) {
      const done = (last.get(key) ?? Promise.resolve()).then(work, work);
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
