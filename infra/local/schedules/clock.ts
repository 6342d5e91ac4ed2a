import type { ClockStore } from '../state/types.ts';

/** The time of the local system: wall time, moved forward as far as the developer asked. */
export interface Clock {
  nowMs(): number;
  offsetMs(): number;
  /** Moves the clock forward; the offset is kept over restarts. */
  advance(ms: number): void;
}

export function openClock(store: ClockStore, wallMs: () => number = Date.now): Clock {
  let offsetMs = store.offsetMs();
  return {
    nowMs: () => wallMs() + offsetMs,
    offsetMs: () => offsetMs,
    advance(ms) {
      offsetMs += ms;
      store.setOffset(offsetMs);
    },
  };
}
