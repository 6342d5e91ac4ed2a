import { isObject, type JsonObject } from '../json.ts';

export type AttributeValue = string | number | boolean | readonly AttributeValue[] | undefined;

/** A span, as the trace views need it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: string;
  /** Key of the plugin, and name of the function. */
  readonly service: string;
  readonly function: string;
  /** In milliseconds since 1970, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Other traces that it has to do with. */
  readonly links: readonly string[];
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const ERROR = 2;

const objects = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function valueOf(value: unknown): AttributeValue {
  if (!isObject(value)) return undefined;
  const { stringValue, intValue, doubleValue, boolValue, arrayValue } = value;
  if (intValue !== undefined) return Number(intValue);
  if (isObject(arrayValue)) return objects(arrayValue['values']).map(valueOf);
  return (stringValue ?? doubleValue ?? boolValue) as AttributeValue;
}

const attributesOf = (list: unknown): ReceivedSpan['attributes'] =>
  Object.fromEntries(objects(list).map(({ key, value }) => [text(key), valueOf(value)]));

/** Whole milliseconds and the rest apart: nanoseconds since 1970 are more than a number can hold. */
function millisecondsOf(nanoseconds: unknown): number {
  const digits = /^\d+$/.test(String(nanoseconds)) ? BigInt(String(nanoseconds)) : 0n;
  return Number(digits / 1_000_000n) + Number(digits % 1_000_000n) / 1e6;
}

function spanOf(span: JsonObject, resource: ReceivedSpan['attributes']): ReceivedSpan {
  const parent = text(span['parentSpanId']);
  const status = isObject(span['status']) ? span['status'] : {};
  return {
    traceId: text(span['traceId']),
    spanId: text(span['spanId']),
    parentSpanId: parent === '' ? undefined : parent,
    name: text(span['name']),
    kind: KINDS[Number(span['kind'])] ?? 'unspecified',
    service: String(resource['service.name'] ?? 'unknown'),
    function: String(resource['faas.name'] ?? 'unknown'),
    startMs: millisecondsOf(span['startTimeUnixNano']),
    endMs: millisecondsOf(span['endTimeUnixNano']),
    isError: status['code'] === ERROR,
    attributes: attributesOf(span['attributes']),
    links: objects(span['links']).map(({ traceId }) => text(traceId)),
  };
}

/** The spans of an `ExportTraceServiceRequest` as JSON. Source: OpenTelemetry Protocol 1.x, "OTLP/HTTP". */
export function spansOf(request: JsonObject): readonly ReceivedSpan[] {
  return objects(request['resourceSpans']).flatMap(({ resource, scopeSpans }) => {
    const of = isObject(resource) ? attributesOf(resource['attributes']) : {};
    return objects(scopeSpans).flatMap(({ spans }) => objects(spans).map((span) => spanOf(span, of)));
  });
}
