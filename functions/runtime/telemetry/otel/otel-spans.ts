import {
  type Context,
  context,
  createContextKey,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Log } from '../../contract/log.ts';
import type { OpenSpan, Spans, TracingOptions } from '../spans.ts';
import { formatTraceparent, parseTraceparent, type TraceParts } from '../traceparent.ts';
import { traceHttpCalls } from './http-client-spans.ts';
import { createSpanExport } from './span-export.ts';

const KINDS = {
  server: SpanKind.SERVER,
  consumer: SpanKind.CONSUMER,
  producer: SpanKind.PRODUCER,
} as const;

/** Marks a parent that has not decided about sampling. */
const BY_RATIO = createContextKey('anineeplus.samples-by-ratio');

/** Follows the caller's decision, and decides by the trace's id where there is none. */
function samplerOf(ratio: number): Sampler {
  const byRatio = new TraceIdRatioBasedSampler(ratio);
  const undecided: Sampler = {
    shouldSample: (parent, traceId) =>
      parent.getValue(BY_RATIO) === true
        ? byRatio.shouldSample(parent, traceId)
        : { decision: SamplingDecision.NOT_RECORD },
    toString: () => 'AnineePlusUndecided',
  };
  return new ParentBasedSampler({ root: byRatio, remoteParentNotSampled: undecided });
}

const spanContextOf = ({ traceId, spanId, sampled }: TraceParts) => ({
  traceId,
  spanId,
  traceFlags: sampled ? 1 : 0,
  isRemote: true,
});

function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return formatTraceparent({ traceId, spanId, sampled: (traceFlags & 1) === 1 });
}

/**
 * Spans by OpenTelemetry's SDK, whose API is set up for plugin code as well: `trace.getActiveSpan()` is the invocation's,
 * and spans of the plugin's own are sent with the others.
 */
export function createSpans(options: TracingOptions, log: Pick<Log, 'warn'>): Spans {
  const { plugin, functionName, stage, endpoint, ratio } = options;
  const exported = createSpanExport(endpoint, log);
  const provider = new TracerProvider({
    sampler: samplerOf(ratio),
    resource: resourceFromAttributes({
      'service.name': plugin,
      'service.namespace': 'anineeplus',
      'faas.name': functionName,
      'deployment.environment.name': stage,
    }),
    spanProcessors: [exported.processor],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  const tracer = provider.getTracer('anineeplus');
  traceHttpCalls(tracer);
  const contexts = new WeakMap<OpenSpan, Context>();

  return {
    open({ name, kind, parent, samplesByRatio = false, link, attributes }) {
      const from = parent
        ? trace.setSpanContext(ROOT_CONTEXT, spanContextOf(parent)).setValue(BY_RATIO, samplesByRatio)
        : ROOT_CONTEXT;
      const links = link ? [{ context: spanContextOf(link) }] : [];
      const span = tracer.startSpan(name, { kind: KINDS[kind], attributes, links }, from);
      const open: OpenSpan = {
        traceparent: traceparentOf(span),
        set: (more) => void span.setAttributes(more),
        link(traceparent) {
          const other = parseTraceparent(traceparent);
          // One's own trace needs no link.
          if (other && other.traceId !== span.spanContext().traceId)
            span.addLink({ context: spanContextOf(other) });
        },
        end(more = {}, error) {
          span.setAttributes(more);
          if (error !== undefined) {
            span.setAttribute('error.type', error);
            span.setStatus({ code: SpanStatusCode.ERROR });
          }
          span.end();
        },
      };
      contexts.set(open, trace.setSpan(from, span));
      return open;
    },
    within: (span, work) => context.with(contexts.get(span) ?? ROOT_CONTEXT, work),
    flush: (timeoutMs) => exported.flush(timeoutMs),
  };
}
