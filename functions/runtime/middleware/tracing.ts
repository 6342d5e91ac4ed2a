import { context, SpanKind, SpanStatusCode, trace, type Span, type Tracer } from '@opentelemetry/api';
import type { Invocation } from '../invocation.ts';
import { isFault } from '../problem.ts';
import { childOf, formatTraceparent, parseTraceparent, parseXrayHeader } from '../telemetry/traceparent.ts';
import type { Middleware, PipelineRequest } from './types.ts';

interface TracingOptions {
  readonly plugin: string;
  readonly tracer?: Tracer;
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/** One span per invocation, under the caller's `traceparent` or Lambda's own trace. */
export function tracing({
  plugin,
  tracer = trace.getTracer('anineeplus'),
  variables = process.env,
}: TracingOptions): Middleware {
  const spans = new WeakMap<Invocation, Span>();

  function end({ event }: PipelineRequest): void {
    const span = spans.get(event);
    if (event.problem) {
      span?.setAttribute('anineeplus.problem.code', event.problem.code);
      if (isFault(event.problem)) span?.setStatus({ code: SpanStatusCode.ERROR });
    }
    span?.end();
  }

  return {
    before: function tracingBefore({ event }) {
      const parent = parseTraceparent(event.traceparent) ?? parseXrayHeader(variables['_X_AMZN_TRACE_ID']);
      const remote = parent && { ...parent, traceFlags: parent.sampled ? 1 : 0, isRemote: true };
      const span = tracer.startSpan(
        `${plugin}.${event.description.operation}`,
        {
          kind: SpanKind.SERVER,
          attributes: { 'anineeplus.plugin': plugin, 'faas.invocation_id': event.requestId },
        },
        remote ? trace.setSpanContext(context.active(), remote) : context.active(),
      );
      spans.set(event, span);
      const own = span.spanContext();
      // Without an SDK the span only echoes its parent; an id of our own still joins logs and events.
      event.traceparent = span.isRecording()
        ? formatTraceparent({ ...own, sampled: (own.traceFlags & 1) === 1 })
        : formatTraceparent(childOf(parent));
    },
    after: end,
    onError: end,
  };
}
