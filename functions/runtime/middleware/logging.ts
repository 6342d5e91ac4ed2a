import type { Context } from 'aws-lambda';
import { isFault } from '../problem.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { traceIdOf } from '../telemetry/traceparent.ts';
import type { Middleware, PipelineRequest } from './types.ts';

/** Puts the operation and the request on every log line, and writes one line per invocation. */
export function logging({ logger }: Pick<Telemetry, 'logger'>): Middleware {
  function finish({ event }: PipelineRequest): void {
    const fields = {
      durationMs: Math.round((performance.now() - event.startedAt) * 100) / 100,
      ...(event.problem && { code: event.problem.code, status: event.problem.status }),
    };
    if (event.problem && isFault(event.problem)) logger.warn('Refused', fields);
    else logger.info(event.problem ? 'Refused' : 'Done', fields);
    logger.resetKeys();
  }

  return {
    before: function loggingBefore({ event }) {
      logger.addContext(event.lambda as Context);
      logger.appendKeys({
        operation: event.description.operation,
        requestId: event.requestId,
        correlationId: event.description.correlationId ?? event.requestId,
        ...(event.entrance.kind !== 'trigger' && { calledBy: event.entrance.caller }),
        ...(event.traceparent && { traceId: traceIdOf(event.traceparent) }),
      });
    },
    after: finish,
    onError: finish,
  };
}
