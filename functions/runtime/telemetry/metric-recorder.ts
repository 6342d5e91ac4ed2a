import { Metrics } from '@aws-lambda-powertools/metrics';
import type { MetricOptions } from '../contract/log.ts';

/** What is measured of an invocation when it ends. */
export interface InvocationMeasures {
  readonly operation: string;
  readonly durationMs: number;
  readonly isFault: boolean;
  /** Status of the refusal; left out for an invocation that was not refused. */
  readonly status: number | undefined;
  /** The code of the refusal. */
  readonly errorType: string | undefined;
  readonly requestId: string;
  readonly traceId: string | undefined;
}

/** Writes metrics in CloudWatch's embedded metric format; every one has the dimension `plugin`. */
export interface MetricRecorder {
  /** A metric with `options` is written at once, any other with those of the invocation. */
  readonly count: (metric: string, value?: number, options?: MetricOptions) => void;
  /** The same for a duration. */
  readonly duration: (metric: string, durationMs: number, options?: MetricOptions) => void;
  /** Writes the metrics of an invocation, and what was counted in it. */
  readonly finish: (measures: InvocationMeasures) => void;
}

/** @param plugin value of the dimension that all metrics have */
export function createMetricRecorder(plugin: string): MetricRecorder {
  const namespace = process.env['POWERTOOLS_METRICS_NAMESPACE'] ?? 'AnineePlus';
  // A record gives all of its metrics the same dimensions, so those of operations stand in records of their own: every
  // counter per operation would be one more metric on the bill for each operation.
  const [ofOperations, ofPlugin] = [1, 2].map(() => {
    const metrics = new Metrics({ namespace });
    // Powertools adds a `service` dimension by itself.
    metrics.clearDefaultDimensions();
    metrics.setDefaultDimensions({ plugin });
    return metrics;
  }) as [Metrics, Metrics];

  type Unit = 'Count' | 'Milliseconds';

  function record(metric: string, unit: Unit, value: number, options: MetricOptions | undefined): void {
    if (!options) {
      ofPlugin.addMetric(metric, unit, value);
      return;
    }
    // The empty set makes the series of the whole plugin.
    ofOperations.addDimensions({});
    if (options.by) ofOperations.addDimensions(options.by);
    for (const [name, field] of Object.entries(options.fields ?? {})) {
      ofOperations.addMetadata(name, String(field));
    }
    ofOperations.addMetric(metric, unit, value);
    ofOperations.publishStoredMetrics();
  }

  return {
    count: (metric, value = 1, options) => record(metric, 'Count', value, options),
    duration: (metric, durationMs, options) => record(metric, 'Milliseconds', durationMs, options),
    finish({ operation, durationMs, isFault, status, errorType, requestId, traceId }) {
      ofOperations.addDimensions({});
      ofOperations.addDimensions({ operation });
      ofOperations.addMetric('plugin.operation.duration', 'Milliseconds', durationMs);
      ofOperations.addMetric('plugin.operations.total', 'Count', 1);
      ofOperations.addMetric('plugin.errors.total', 'Count', isFault ? 1 : 0);
      ofOperations.addMetadata('requestId', requestId);
      if (traceId !== undefined) ofOperations.addMetadata('traceId', traceId);
      if (status !== undefined) ofOperations.addMetadata('status', String(status));
      if (errorType !== undefined) ofOperations.addMetadata('errorType', errorType);
      ofOperations.publishStoredMetrics();
      if (ofPlugin.hasStoredMetrics()) ofPlugin.publishStoredMetrics();
    },
  };
}
