import type { HealthWindow } from '#runtime/contract/health.ts';

const SLOT_MS = 30_000;
const SLOTS = 10;

interface Slot {
  readonly startedAt: number;
  calls: number;
  failures: number;
}

/** Counts the calls of the last five minutes. */
export interface CallWindow {
  add(isFailure: boolean): void;
  /** Undefined without a call in that time. */
  read(): HealthWindow | undefined;
}

export function callWindow(now: () => Date): CallWindow {
  let slots: Slot[] = [];
  const current = (): number => Math.floor(now().getTime() / SLOT_MS) * SLOT_MS;
  const drop = (): void => {
    const oldest = current() - (SLOTS - 1) * SLOT_MS;
    slots = slots.filter(({ startedAt }) => startedAt >= oldest);
  };
  return {
    add(isFailure) {
      drop();
      const startedAt = current();
      let slot = slots.find((one) => one.startedAt === startedAt);
      if (slot === undefined) slots.push((slot = { startedAt, calls: 0, failures: 0 }));
      slot.calls += 1;
      if (isFailure) slot.failures += 1;
    },
    read() {
      drop();
      if (slots.length === 0) return undefined;
      const sum = (of: 'calls' | 'failures') => slots.reduce((total, slot) => total + slot[of], 0);
      return { windowSeconds: (SLOTS * SLOT_MS) / 1000, calls: sum('calls'), failures: sum('failures') };
    },
  };
}
