import { randomBytes, randomUUID } from 'node:crypto';

const W3C = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

export interface TraceParts {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

/** Reads a W3C `traceparent`; undefined when it is none. Source: W3C Trace Context, section 3.2. */
export function parseTraceparent(text: string | undefined): TraceParts | undefined {
  const match = W3C.exec(text ?? '');
  const [, traceId = '', spanId = '', flags = ''] = match ?? [];
  if (!match || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Reads Lambda's `_X_AMZN_TRACE_ID` (`Root=1-<8>-<24>;Parent=<16>;Sampled=<0|1>`). */
export function parseXrayHeader(text: string | undefined): TraceParts | undefined {
  const root = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/.exec(text ?? '');
  const parent = /Parent=([0-9a-f]{16})/.exec(text ?? '');
  if (!root?.[1] || !root[2] || !parent?.[1]) return undefined;
  return { traceId: root[1] + root[2], spanId: parent[1], sampled: (text ?? '').includes('Sampled=1') };
}

/** The trace id within a `traceparent` that was parsed or made here. */
export const traceIdOf = (traceparent: string | undefined): string | undefined => traceparent?.split('-')[1];

export const formatTraceparent = ({ traceId, spanId, sampled }: TraceParts): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

/** The form that AWS services take, e.g. EventBridge's `TraceHeader`. */
export function xrayHeader(traceparent: string | undefined): string | undefined {
  const parts = parseTraceparent(traceparent);
  if (!parts) return undefined;
  const { traceId, spanId, sampled } = parts;
  return `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=${sampled ? 1 : 0}`;
}

/** Eight random bytes; `randomUUID` draws from a pool of them, `randomBytes` costs ten times as much for so few. */
function newSpanId(): string {
  const uuid = randomUUID();
  // The digits between hold the fixed version and variant.
  return uuid.slice(0, 8) + uuid.slice(-8);
}

/** The parts of a new span: under `parent`, or the first of a trace of its own. */
export function childOf(parent: TraceParts | undefined): TraceParts {
  return {
    traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
    spanId: newSpanId(),
    sampled: parent?.sampled ?? false,
  };
}
