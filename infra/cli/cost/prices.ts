/** Dollars per million units unless it says otherwise, us-east-1, on demand, without free tiers. */
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
  /** Of one metric of an alarm, a month. */
  alarmMetricMonth: 0.1,
  /** Of each dashboard beyond three of the account, a month. */
  dashboardMonth: 3,
} as const;
