/**
 * `degraded` works in part, `unhealthy` does not work, `unloaded` was taken out of service on purpose; `unknown`: there
 * is no result yet, and nothing indicates a failure.
 */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy' | 'unloaded' | 'unknown';

/** Every status, to check a report that comes from another function. */
export const healthStatuses: readonly HealthStatus[] = [
  'healthy',
  'degraded',
  'unhealthy',
  'unloaded',
  'unknown',
];

/** The result of one check. */
export interface HealthFinding {
  readonly status: HealthStatus;
  /** Why it is not healthy; names no secret and no account. */
  readonly reason?: string;
  /** Time of the check, ISO 8601 in UTC; absent while the status is `unknown`. */
  readonly at?: string;
}

/** One dependency of a plugin, such as a provider or a table. */
export interface HealthCheckReport extends Omit<HealthFinding, 'at'> {
  /** Result of the last request that was made only to check it. */
  readonly active?: HealthFinding;
  /** Result of the last requests that were made for clients. */
  readonly passive?: HealthFinding & Partial<HealthWindow>;
}

/** Requests that were made for clients, in the execution environment that reports. */
export interface HealthWindow {
  readonly windowSeconds: number;
  readonly calls: number;
  /** Calls that the dependency did not answer, or not as it should. */
  readonly failures: number;
}

/** A plugin's answer to a health check, shown in `GET /plugins/health`. */
export interface HealthReport {
  readonly status: HealthStatus;
  /** Why it is not healthy; names no secret and no account. */
  readonly reason?: string;
  /** By the name of the dependency. */
  readonly checks?: Readonly<Record<string, HealthCheckReport>>;
}
