export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy' | 'unloaded';

export interface HealthReport {
  readonly status: HealthStatus;
  /** Why it is not healthy; names no secret and no account. */
  readonly reason?: string;
  readonly checks?: Readonly<Record<string, { readonly status: HealthStatus; readonly reason?: string }>>;
}
