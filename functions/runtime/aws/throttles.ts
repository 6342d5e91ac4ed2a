let throttled = 0;

/** Counts an answer of AWS that refused a call for its rate. */
export function countThrottle(): void {
  throttled += 1;
}

/** How many there were since the last time. */
export function takeThrottles(): number {
  const taken = throttled;
  throttled = 0;
  return taken;
}
