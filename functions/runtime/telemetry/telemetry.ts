import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '../contract/log.ts';
import { redactingReplacer } from '../redact.ts';
import { createMetricRecorder, type MetricRecorder } from './metric-recorder.ts';

/** Logs and metrics of one function, made once per execution environment. */
export interface Telemetry {
  readonly logger: Logger;
  readonly metrics: MetricRecorder;
  readonly log: Log;
}

/** JSON lines and embedded metrics on standard output; `plugin` is on every line and every metric. */
export function createTelemetry(plugin: string): Telemetry {
  const logger = new Logger({
    serviceName: plugin,
    persistentLogAttributes: { plugin },
    jsonReplacerFn: redactingReplacer,
  });
  const metrics = createMetricRecorder(plugin);
  const log: Log = {
    debug: (message, fields = {}) => logger.debug(message, fields),
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, fields = {}) => logger.error(message, fields),
    count: metrics.count,
    duration: metrics.duration,
  };
  return { logger, metrics, log };
}
