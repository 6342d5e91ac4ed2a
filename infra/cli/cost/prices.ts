/** Dollars per million units, us-east-1, on demand, without free tiers. */
export const PRICES = {
  asOf: 'June 2026',
  writeUnits: 0.625,
  readUnits: 0.125,
  httpApiRequests: 1,
  events: 1,
  invocations: 0.2,
  /** Arm64. */
  gigabyteSeconds: 13.3334,
  /** Of standard queues. */
  queueRequests: 0.4,
  /** Of EventBridge Scheduler. */
  scheduledRuns: 1,
} as const;
