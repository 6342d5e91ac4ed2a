import { takeThrottles } from '../aws/throttles.ts';
import { isFault } from '../problem.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { traceIdOf } from '../telemetry/traceparent.ts';
import type { Middleware, PipelineRequest } from './types.ts';

/** Duration, number and failures of the operations, for the plugin as a whole and per operation. */
export function metrics({ metrics: recorder }: Pick<Telemetry, 'metrics'>): Middleware {
  let isColdStart = true;

  function finish({ event }: PipelineRequest): void {
    const { problem, requestId, traceparent, startedAt, description } = event;
    if (isColdStart) recorder.count('plugin.cold_starts');
    isColdStart = false;
    const throttles = takeThrottles();
    if (throttles > 0) recorder.count('plugin.aws.throttles', throttles);
    recorder.finish({
      operation: description.operation,
      durationMs: performance.now() - startedAt,
      isFault: problem !== undefined && isFault(problem),
      status: problem?.status,
      errorType: problem?.code,
      requestId,
      traceId: traceIdOf(traceparent),
    });
  }
  return { after: finish, onError: finish };
}
