import type { InvocationSpan } from '../contract/operation.ts';
import { childOf, formatTraceparent, type TraceParts } from './traceparent.ts';

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Where spans go, and of whom they are. */
export interface TracingOptions {
  /** `xray`: that of X-Ray in the region; otherwise the URL of an OTLP/HTTP endpoint, such as a collector's. */
  readonly endpoint: string;
  /** Share of the traces that begin here and are sampled, from 0 to 1. */
  readonly ratio: number;
  readonly plugin: string;
  readonly functionName: string;
  readonly stage: string;
}

/** A span that begins. */
export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'consumer' | 'producer';
  readonly parent: TraceParts | undefined;
  /** The parent gives the trace its id but leaves open whether it is sampled. */
  readonly samplesByRatio?: boolean;
  /** Another span that has to do with this one. */
  readonly link?: TraceParts | undefined;
  readonly attributes: Attributes;
}

/** A span that has begun, or the ids of one where tracing is off. */
export interface OpenSpan extends InvocationSpan {
  readonly traceparent: string;
  /** @param error a code, where what it spans has failed */
  end(attributes?: Attributes, error?: string): void;
}

/** The spans of one function. */
export interface Spans {
  open(start: SpanStart): OpenSpan;
  /** Runs work whose calls, over HTTP and of OpenTelemetry's API, are children of the span. */
  within<T>(span: OpenSpan, work: () => T): T;
  /** Sends the spans that have ended, and waits for it no longer than this. It never fails. */
  flush(timeoutMs: number): Promise<void>;
}

const nothing = (): void => {};

/** Of an invocation that has no span yet. */
export const noSpan: InvocationSpan = { set: nothing, link: nothing };

/** Where tracing is off: every span has ids, for logs, events and calls, and nothing else. */
export const idsOnly: Spans = {
  open: ({ parent }) => ({ ...noSpan, traceparent: formatTraceparent(childOf(parent)), end: nothing }),
  within: (_span, work) => work(),
  flush: async () => {},
};
