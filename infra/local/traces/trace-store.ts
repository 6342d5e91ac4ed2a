import type { ReceivedSpan } from './otlp.ts';

/** One trace in the list. */
interface TraceSummary {
  readonly id: string;
  /** Name of its first span. */
  readonly root: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** From the start of its first span to the end of the last, events and their subscribers included. */
  readonly durationMs: number;
  readonly spans: number;
  /** Plugins that took part. */
  readonly services: readonly string[];
  readonly status: 'ok' | 'error';
}

/** A span with those below it. */
interface SpanNode {
  readonly name: string;
  readonly service: string;
  readonly function: string;
  readonly kind: string;
  /** Since the start of the trace. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly status: 'ok' | 'error';
  readonly attributes: ReceivedSpan['attributes'];
  readonly links: readonly string[];
  readonly children: readonly SpanNode[];
}

/** A trace with its spans over all functions; more than one stand at the top where the first was not sent. */
interface TraceView extends Omit<TraceSummary, 'spans'> {
  /** Traces with a span that links to this one. */
  readonly linkedBy: readonly string[];
  readonly spans: readonly SpanNode[];
}

/** The last traces. */
export interface TraceStore {
  add(spans: readonly ReceivedSpan[]): void;
  /** The newest first; with attributes, those with a span that has all of them. */
  list(attributes?: Attributes): readonly TraceSummary[];
  get(id: string): TraceView | undefined;
}

/** Values as text. */
type Attributes = Readonly<Record<string, string>>;

const TRACES_MAX = 500;
const SPANS_MAX = 1000;

/**
 * Remembers the last 500 traces, and 1,000 spans of each. Where there are more, the oldest goes whose first span has the
 * name that most have, so that what is asked all the time, as health is, leaves room for the rest.
 */
export function createTraceStore(): TraceStore {
  const traces = new Map<string, ReceivedSpan[]>();
  return {
    add(spans) {
      for (const span of spans) {
        const known = traces.get(span.traceId) ?? [];
        if (known.length < SPANS_MAX) known.push(span);
        traces.set(span.traceId, known);
        if (traces.size > TRACES_MAX) traces.delete(oldestOfMost(traces));
      }
    },
    list: (wanted = {}) =>
      [...traces]
        .filter(([, spans]) => spans.some(({ attributes }) => hasAll(attributes, wanted)))
        .map(([id, spans]) => summaryOf(id, spans))
        .toReversed(),
    get(id) {
      const spans = traces.get(id);
      return spans && { ...summaryOf(id, spans), linkedBy: linkedBy(traces, id), spans: treeOf(spans) };
    },
  };
}

const hasAll = (attributes: ReceivedSpan['attributes'], wanted: Attributes): boolean =>
  Object.entries(wanted).every(
    ([name, value]) => Object.hasOwn(attributes, name) && String(attributes[name]) === value,
  );

const linkedBy = (traces: ReadonlyMap<string, readonly ReceivedSpan[]>, id: string): readonly string[] =>
  [...traces].flatMap(([other, spans]) => (spans.some(({ links }) => links.includes(id)) ? [other] : []));

/** Id of the oldest trace of those whose first span was received with the most frequent name. */
function oldestOfMost(traces: ReadonlyMap<string, readonly ReceivedSpan[]>): string {
  const byName = Map.groupBy(traces, ([, spans]) => spans[0]?.name);
  const [most = []] = [...byName.values()].toSorted((one, other) => other.length - one.length);
  return most[0]?.[0] ?? '';
}

const rounded = (milliseconds: number): number => Math.round(milliseconds * 100) / 100;
const statusOf = (isError: boolean) => (isError ? 'error' : 'ok');
const byStart = (a: ReceivedSpan, b: ReceivedSpan): number => a.startMs - b.startMs;

function summaryOf(id: string, spans: readonly ReceivedSpan[]): TraceSummary {
  const [first] = spans.toSorted(byStart);
  const startMs = first?.startMs ?? 0;
  return {
    id,
    root: first?.name ?? '',
    startedAt: new Date(startMs).toISOString(),
    durationMs: rounded(Math.max(...spans.map(({ endMs }) => endMs)) - startMs),
    spans: spans.length,
    services: [...new Set(spans.map(({ service }) => service))].toSorted(),
    status: statusOf(spans.some(({ isError }) => isError)),
  };
}

function treeOf(spans: readonly ReceivedSpan[]): readonly SpanNode[] {
  const sorted = spans.toSorted(byStart);
  const begin = sorted[0]?.startMs ?? 0;
  const sent = new Set(spans.map(({ spanId }) => spanId));
  const below = Map.groupBy(sorted, ({ parentSpanId }) =>
    parentSpanId !== undefined && sent.has(parentSpanId) ? parentSpanId : undefined,
  );
  const nodesOf = (parent: string | undefined): readonly SpanNode[] =>
    (below.get(parent) ?? []).map(
      ({ spanId, name, service, function: fn, kind, attributes, links, isError, ...at }) => ({
        name,
        service,
        function: fn,
        kind,
        startMs: rounded(at.startMs - begin),
        durationMs: rounded(at.endMs - at.startMs),
        status: statusOf(isError),
        attributes,
        links,
        children: nodesOf(spanId),
      }),
    );
  return nodesOf(undefined);
}
