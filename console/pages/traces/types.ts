/** One trace as `GET /dev/traces` lists it. */
export interface TraceSummary {
  readonly id: string;
  /** Name of its first span. */
  readonly root: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly spans: number;
  readonly services: readonly string[];
  readonly status: 'ok' | 'error';
}

/** A span with those below it. */
export interface SpanNode {
  readonly name: string;
  readonly service: string;
  readonly function: string;
  readonly kind: string;
  /** Since the start of the trace. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly status: 'ok' | 'error';
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Other traces that it has to do with. */
  readonly links: readonly string[];
  readonly children: readonly SpanNode[];
}

/** One trace as `GET /dev/traces/{id}` answers. */
export interface Trace extends Omit<TraceSummary, 'spans'> {
  readonly spans: readonly SpanNode[];
  /** Traces that have to do with it. */
  readonly linkedBy?: readonly string[];
}
