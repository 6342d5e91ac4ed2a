import type { Invocation } from '../invocation.ts';
import { isFault } from '../problem.ts';
import { idsOnly, type OpenSpan, type SpanStart, type Spans } from '../telemetry/spans.ts';
import { parseTraceparent, parseXrayHeader } from '../telemetry/traceparent.ts';

/** How long an answer may wait until its spans are sent. */
const EXPORT_MAX_MS = 250;
/** Time that is left for the answer itself. */
const ANSWER_MS = 50;

interface TracingOptions {
  readonly plugin: string;
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/** Under the caller's `traceparent`, or else in Lambda's own trace, which leaves open whether it is sampled. */
function parentOf(
  { description }: Invocation,
  variables: NonNullable<TracingOptions['variables']>,
): Pick<SpanStart, 'parent' | 'samplesByRatio'> {
  const parent = parseTraceparent(description.traceparent);
  if (parent) return { parent };
  const own = parseXrayHeader(variables['_X_AMZN_TRACE_ID']);
  return { parent: own, samplesByRatio: own?.sampled === false };
}

/**
 * Runs an invocation in a span of its own, and sends its spans before it ends. It comes before all middleware, so that what
 * they do is in the trace, and is no middleware itself, because hooks cannot run the others in a context.
 */
export async function traced<T>(
  source: Spans | Promise<Spans>,
  invocation: Invocation,
  run: () => Promise<T>,
  { plugin, variables = process.env }: TracingOptions,
): Promise<T> {
  const spans = source instanceof Promise ? await source : source;
  const { operation, kind = 'server', attributes } = invocation.description;
  const span = spans.open({
    name: `${plugin}.${operation}`,
    kind,
    ...parentOf(invocation, variables),
    attributes: { 'faas.invocation_id': invocation.requestId, ...attributes },
  });
  invocation.traceparent = span.traceparent;
  invocation.span = span;
  invocation.spans = spans;
  if (spans === idsOnly) return run();
  try {
    const answer = await spans.within(span, run);
    endSpan(span, invocation, (answer as { readonly statusCode?: unknown } | undefined)?.statusCode);
    return answer;
  } catch (error) {
    endSpan(span, invocation, undefined);
    throw error;
  } finally {
    const leftMs = invocation.lambda.getRemainingTimeInMillis?.() ?? Infinity;
    await spans.flush(Math.max(0, Math.min(EXPORT_MAX_MS, leftMs - ANSWER_MS)));
  }
}

function endSpan(span: OpenSpan, { problem }: Invocation, statusCode: unknown): void {
  span.end(
    {
      ...(typeof statusCode === 'number' && { 'http.response.status_code': statusCode }),
      ...(problem && { 'anineeplus.problem.code': problem.code }),
    },
    problem && isFault(problem) ? problem.code : undefined,
  );
}
