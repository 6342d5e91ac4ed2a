import type { Log } from '../contract/log.ts';
import type { FunctionEnvironment } from '../environment.ts';
import type { ErrorRecorder } from '../error-tracking/error-recorder.ts';
import { isFault } from '../problem.ts';
import type { Middleware, PipelineRequest } from './types.ts';

interface ErrorTrackingOptions {
  readonly environment: Pick<FunctionEnvironment, 'plugin' | 'sourceFolder' | 'now'>;
  readonly table: string;
  /** Of the plugin. */
  readonly version: string | undefined;
  readonly log: Log;
}

/** Groups the faults of the plugin in the table of errors. Nothing is loaded or called before there is one. */
export function errorTracking({
  environment,
  table,
  version = 'unknown',
  log,
}: ErrorTrackingOptions): Middleware {
  const { plugin, sourceFolder, now } = environment;
  let recorder: ErrorRecorder | undefined;

  async function recorderOf(): Promise<ErrorRecorder> {
    const { createErrorRecorder } = await import('../error-tracking/error-recorder.ts');
    return (recorder ??= createErrorRecorder({
      table,
      plugin,
      version,
      sourceFolder,
      now,
      log,
    }));
  }

  const remainingMs = ({ event }: PipelineRequest): number =>
    event.lambda.getRemainingTimeInMillis?.() ?? Infinity;

  return {
    after: async function errorTrackingAfter(request) {
      await recorder?.flush(remainingMs(request));
    },
    onError: async function errorTrackingOnError(request) {
      const { problem, description, requestId, traceparent } = request.event;
      if (!problem || !isFault(problem)) return recorder?.flush(remainingMs(request));
      const { operation } = description;
      const fault = { operation, code: problem.code, error: request.error, requestId, traceparent };
      try {
        await (await recorderOf()).record(fault, remainingMs(request));
      } catch (error) {
        // The answer to the client is the same without it.
        log.warn('An error could not be recorded', { error: (error as Error).name });
      }
    },
  };
}
