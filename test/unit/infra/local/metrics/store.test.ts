import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricsInLine } from '#infra/local/metrics/emf.ts';
import { prometheusText } from '#infra/local/metrics/exposition.ts';
import { createMetricStore, type MetricRecord } from '#infra/local/metrics/store.ts';
import type { Statistic } from '#infra/local/resources/cloudwatch.ts';
import { parsePrometheus } from '../../../../support/prometheus.ts';

const MINUTE_MS = 60_000;

/** A store with a clock that the test moves. */
function storeAt(minutes = 180) {
  const clock = { nowMs: 1_700_000_000_000 };
  const store = createMetricStore({ nowMs: () => clock.nowMs, minutesOf: () => minutes });
  const dimensions = { plugin: 'shop' };
  const record = (values: readonly number[], more: Partial<MetricRecord> = {}) =>
    store.record({
      namespace: 'Shop',
      name: 'paid',
      kind: 'count',
      unit: 'Count',
      values,
      dimensionSets: [dimensions],
      ...more,
    });
  const value = (statistic: Statistic, minutesAgo = 0, over = 1) =>
    store.value({ namespace: 'Shop', name: 'paid', dimensions, statistic }, { minutesAgo, minutes: over });
  return { clock, store, record, value };
}

describe('the store', () => {
  it('has the statistics of a period, by whole minutes that end with this one', () => {
    const { clock, record, value } = storeAt();
    record([1, 2]);
    clock.nowMs += MINUTE_MS;
    record([6]);
    expect(
      ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'].map((one) => value(one as 'Sum', 0, 2)),
    ).toEqual([9, 3, 1, 6, 3]);
    expect([value('Sum'), value('Sum', 1), value('Sum', 2)]).toEqual([6, 3, undefined]);
  });

  it('forgets what is older than an alarm looks back, when there is more', () => {
    const { clock, record, value } = storeAt(2);
    record([1]);
    clock.nowMs += 3 * MINUTE_MS;
    record([1]);
    expect(value('Sum', 0, 10)).toBe(1);
  });

  it('has percentiles within a percent, whatever the values', () => {
    const values = fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 99 }), (all, percentile) => {
        const { record, value } = storeAt();
        record(all, { kind: 'duration' });
        const sorted = all.toSorted((one, other) => one - other);
        const exact = sorted[Math.max(1, Math.ceil((percentile / 100) * all.length)) - 1] as number;
        expect(Math.abs((value({ percentile }) as number) / exact - 1)).toBeLessThan(0.01);
      }),
    );
  });

  it('keeps ten thousand series and says how many it does not', () => {
    const { store, record } = storeAt();
    for (let index = 0; index < 10_003; index += 1) record([1], { dimensionSets: [{ plugin: `p${index}` }] });
    record([1], { dimensionSets: [{ plugin: 'p10002' }] });
    expect([store.series().length, store.dropped]).toEqual([10_000, 3]);
  });
});

describe('a line in the embedded metric format', () => {
  const line = (more: object = {}) =>
    JSON.stringify({
      _aws: {
        Timestamp: 1,
        CloudWatchMetrics: [
          {
            Namespace: 'AnineePlus',
            Dimensions: [['plugin'], ['plugin', 'operation']],
            Metrics: [
              { Name: 'a.total', Unit: 'Count' },
              { Name: 'a.duration', Unit: 'Milliseconds' },
              { Name: 'a.size' },
            ],
          },
        ],
      },
      plugin: 'shop',
      operation: 'buy',
      'a.total': 1,
      'a.duration': [3, 4],
      'a.size': 9,
      ...more,
    });

  it('has each metric for each set of dimensions', () => {
    const dimensionSets = [{ plugin: 'shop' }, { plugin: 'shop', operation: 'buy' }];
    const shared = { namespace: 'AnineePlus', dimensionSets };
    expect(metricsInLine(line())).toEqual([
      { ...shared, name: 'a.total', kind: 'count', unit: 'Count', values: [1] },
      { ...shared, name: 'a.duration', kind: 'duration', unit: 'Milliseconds', values: [3, 4] },
      { ...shared, name: 'a.size', kind: 'level', unit: 'None', values: [9] },
    ]);
  });

  it.each([
    'hello',
    '{"level":"INFO"}',
    '{"CloudWatchMetrics":',
    line({ _aws: { CloudWatchMetrics: 1 } }),
    line({ _aws: 1 }),
  ])('none is in %s', (text) => {
    expect(metricsInLine(text)).toEqual([]);
  });
});

describe('what Prometheus reads', () => {
  it('has counters, gauges and histograms in seconds, each series once', () => {
    const { store, record } = storeAt();
    const dimensionSets: MetricRecord['dimensionSets'] = [
      { plugin: 'shop' },
      { plugin: 'shop', operation: 'say "hi"\\\n' },
    ];
    record([1, 2], { name: 'orders.paid', dimensionSets });
    record([7, 5], {
      namespace: 'AWS/SQS',
      name: 'MessagesVisible',
      kind: 'level',
      dimensionSets: [{ QueueName: 'q' }],
    });
    record([3, 30, 400_000], {
      name: 'call.duration',
      kind: 'duration',
      unit: 'Milliseconds',
      dimensionSets: [{}],
    });
    const families = parsePrometheus(prometheusText(store));
    expect(families.map(({ name, type }) => [name, type])).toEqual([
      ['aws_sqs_messages_visible', 'GAUGE'],
      ['call_duration_seconds', 'HISTOGRAM'],
      ['orders_paid_total', 'COUNTER'],
      ['dev_metrics_dropped_series', 'GAUGE'],
    ]);
    const [queue, duration, paid] = families;
    expect(queue?.metrics).toEqual([{ value: '5', labels: { queue_name: 'q' } }]);
    expect(paid?.metrics).toEqual([{ value: '3', labels: { plugin: 'shop', operation: 'say "hi"\\\n' } }]);
    expect(duration?.metrics[0]).toMatchObject({
      count: '3',
      sum: '400.033',
      buckets: { '0.005': '1', '0.05': '2', '30': '2', '+Inf': '3' },
    });
    expect(duration?.help).toBe('CloudWatch metric call.duration of Shop, Milliseconds');
  });
});
