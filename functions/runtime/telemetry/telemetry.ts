import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Log } from '../contract/log.ts';
import { redactingReplacer } from '../redact.ts';

/** Logs and metrics of one function, made once per execution environment. */
export interface Telemetry {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** JSON lines and embedded metrics on standard output; `plugin` is on every line and every metric. */
export function createTelemetry(plugin: string): Telemetry {
  const logger = new Logger({
    serviceName: plugin,
    persistentLogAttributes: { plugin },
    jsonReplacerFn: redactingReplacer,
  });
  const metrics = new Metrics({ namespace: process.env['POWERTOOLS_METRICS_NAMESPACE'] ?? 'AnineePlus' });
  // Powertools adds a `service` dimension by itself; each further dimension would be another billed metric.
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ plugin });
  const log: Log = {
    debug: (message, fields = {}) => logger.debug(message, fields),
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, fields = {}) => logger.error(message, fields),
    count: (metric, value = 1) => void metrics.addMetric(metric, 'Count', value),
  };
  return { logger, metrics, log };
}
