import { beforeEach, expect, it, vi } from 'vitest';
import { metricCatalog, type PlatformMetric } from '#runtime/telemetry/metric-catalog.ts';
import { createMetricRecorder, type InvocationMeasures } from '#runtime/telemetry/metric-recorder.ts';

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
}
type EmbeddedRecord = Readonly<Record<string, unknown>> & {
  readonly _aws: { readonly CloudWatchMetrics: readonly [Directive] };
};

let records: EmbeddedRecord[];
beforeEach(() => {
  records = [];
  // Powertools writes to a console of its own unless it runs for a developer.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.spyOn(console, 'log').mockImplementation((line: string) => void records.push(JSON.parse(line)));
  return () => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  };
});

const measures: InvocationMeasures = {
  operation: 'create',
  durationMs: 12.5,
  isFault: true,
  status: 503,
  errorType: 'provider-unavailable',
  requestId: 'r1',
  traceId: 'abc',
};
const directiveOf = (record: EmbeddedRecord | undefined) => record?._aws.CloudWatchMetrics[0];

it('writes an invocation for the plugin and for its operation, with status and error type beside', () => {
  createMetricRecorder('shop').finish(measures);
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({
    plugin: 'shop',
    operation: 'create',
    'plugin.operation.duration': 12.5,
    'plugin.operations.total': 1,
    'plugin.errors.total': 1,
    status: '503',
    errorType: 'provider-unavailable',
    requestId: 'r1',
    traceId: 'abc',
  });
  const { Dimensions: dimensions, Metrics: metrics = [] } = directiveOf(records[0]) ?? {};
  for (const { Name: name, Unit: unit } of metrics) {
    const catalogued = metricCatalog[name as PlatformMetric];
    expect({ unit, dimensions }).toEqual({ unit: catalogued.unit, dimensions: catalogued.dimensions });
  }
});

it('writes what was counted in an invocation once, for the plugin alone', () => {
  const recorder = createMetricRecorder('shop');
  recorder.count('shop.sold', 2);
  recorder.count('shop.sold');
  recorder.duration('plugin.load.duration', 7);
  recorder.finish({ ...measures, isFault: false, status: undefined, errorType: undefined });
  recorder.finish(measures);
  const counted = records.filter((record) => 'shop.sold' in record);
  expect(counted).toHaveLength(1);
  expect(counted[0]).toMatchObject({ plugin: 'shop', 'shop.sold': [2, 1], 'plugin.load.duration': 7 });
  expect(directiveOf(counted[0])?.Dimensions).toEqual([['plugin']]);
  expect(records[0]).not.toHaveProperty('status');
});

it('writes a metric with a dimension of its own at once, with fields that are no dimensions', () => {
  const recorder = createMetricRecorder('shop');
  recorder.count('shop.sold');
  recorder.duration('shop.carrier.duration', 80, { by: { carrier: 'dhl' }, fields: { call: 'label' } });
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({ carrier: 'dhl', call: 'label', 'shop.carrier.duration': 80 });
  expect(directiveOf(records[0])).toMatchObject({
    Namespace: 'AnineePlus',
    Dimensions: [['plugin'], ['plugin', 'carrier']],
    Metrics: [{ Name: 'shop.carrier.duration', Unit: 'Milliseconds' }],
  });
  expect(records[0]).not.toHaveProperty('shop.sold');
});
