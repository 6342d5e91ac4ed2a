import middyChain from '@middy/core';
import type { Context } from 'aws-lambda';
import { endingBy } from './calls/deadline.ts';
import { inTime } from './deadline.ts';
import type { Adapter } from './adapter.ts';
import type { Invocation } from './invocation.ts';
import { admission } from './middleware/admission.ts';
import { config } from './middleware/config.ts';
import { entrance } from './middleware/entrance.ts';
import { errorTracking } from './middleware/error-tracking.ts';
import { errors } from './middleware/errors.ts';
import { logging } from './middleware/logging.ts';
import { metrics } from './middleware/metrics.ts';
import { registryState } from './middleware/registry-state.ts';
import { traced } from './middleware/tracing.ts';
import type { Middleware } from './middleware/types.ts';
import type { BaseRuntime } from './base-runtime.ts';
import type { FunctionRuntime } from './runtime.ts';
import { idsOnly, noSpan } from './telemetry/spans.ts';

/** That of a function beside a plugin, or that of one that runs the plugin. */
type PipelineRuntime = BaseRuntime | FunctionRuntime;

export type Handler<R> = (event: unknown, context: Context) => Promise<R>;

/**
 * The order of all middleware within the invocation's span; the first to start is the last to end. Telemetry comes before
 * what can refuse.
 */
function middlewareOf<R>(runtime: PipelineRuntime, adapter: Adapter<R>): readonly Middleware[] {
  const { environment, telemetry } = runtime;
  const withPlugin = 'lifecycle' in runtime ? runtime : undefined;
  const { plugin, stage, sourceFolder, errorsTable } = environment;
  return [
    logging(telemetry),
    metrics(telemetry),
    ...(errorsTable === undefined
      ? []
      : [errorTracking({ environment, table: errorsTable, version: runtime.version, log: telemetry.log })]),
    errors({
      stage,
      sourceFolder,
      adapter,
      ...(withPlugin && { credentialsRejected: withPlugin.config.invalidate }),
    }),
    entrance({ adapter }),
    admission({ adapter }),
    ...(withPlugin && !adapter.standalone
      ? [registryState({ plugin, ...withPlugin }), config({ plugin, ...withPlugin })]
      : []),
    ...(adapter.middleware ?? []),
  ];
}

/** After a timeout the code still runs, so it keeps its services until it ends. */
async function handleWithLease<R>(adapter: Adapter<R>, invocation: Invocation): Promise<R> {
  try {
    return await adapter.handle(invocation);
  } finally {
    invocation.lease?.release();
  }
}

/** The Lambda handler of an adapter: every invocation passes the same middleware in the same order. */
export function pipeline<R>(runtime: PipelineRuntime, adapter: Adapter<R>): Handler<R> {
  // The time limit is ours: middy's holds for the handler only, and a registry that hangs needs one as well.
  const chain = middyChain(
    (invocation: Invocation) => inTime(invocation, handleWithLease(adapter, invocation)),
    {
      timeoutEarlyInMillis: 0,
    },
  );
  for (const middleware of middlewareOf(runtime, adapter)) chain.use(middleware);
  return (event, lambda) => {
    const description = adapter.describe(event);
    const invocation: Invocation = {
      event,
      lambda: endingBy(lambda, description.deadlineAt),
      description,
      entrance: runtime.entranceOf(lambda),
      requestId: description.requestId ?? lambda.awsRequestId,
      startedAt: performance.now(),
      log: runtime.telemetry.log,
      traceparent: description.traceparent,
      spans: idsOnly,
      span: noSpan,
      lease: undefined,
      configVersionId: undefined,
      body: {},
      problem: undefined,
    };
    const { plugin } = runtime.environment;
    return traced(runtime.spans(), invocation, () => chain(invocation, lambda), { plugin });
  };
}
