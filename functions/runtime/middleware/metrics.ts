import { isFault } from '../problem.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Middleware, PipelineRequest } from './types.ts';

/** Duration, number and failures of the operations, for the plugin as a whole and per operation. */
export function metrics({ metrics: store }: Pick<Telemetry, 'metrics'>): Middleware {
  function publish({ event }: PipelineRequest): void {
    // `plugin` is a default dimension: the empty set makes the series of the whole plugin.
    store.addDimensions({});
    store.addDimensions({ operation: event.description.operation });
    store.addMetric('plugin.operation.duration', 'Milliseconds', performance.now() - event.startedAt);
    store.addMetric('plugin.operations.total', 'Count', 1);
    store.addMetric('plugin.errors.total', 'Count', event.problem && isFault(event.problem) ? 1 : 0);
    store.addMetadata('requestId', event.requestId);
    store.publishStoredMetrics();
  }
  return { after: publish, onError: publish };
}
