/** `unknown`: nobody was asked yet, or no answer has come yet; nothing speaks against it. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy' | 'unloaded' | 'unknown';

export const healthStatuses: readonly HealthStatus[] = [
  'healthy',
  'degraded',
  'unhealthy',
  'unloaded',
  'unknown',
];

/** How something was found to be. */
export interface HealthFinding {
  readonly status: HealthStatus;
  /** Why it is not healthy; names no secret and no account. */
  readonly reason?: string;
  /** When it was found so, ISO 8601; absent while it is unknown. */
  readonly at?: string;
}

/** One thing that a plugin depends on. */
export interface HealthCheckReport extends Omit<HealthFinding, 'at'> {
  /** What the last check of its own found. */
  readonly active?: HealthFinding;
  /** What the last call of real work showed. */
  readonly passive?: HealthFinding;
}

export interface HealthReport {
  readonly status: HealthStatus;
  /** Why it is not healthy; names no secret and no account. */
  readonly reason?: string;
  readonly checks?: Readonly<Record<string, HealthCheckReport>>;
}
