import { expect, it } from 'vitest';
import { ConcurrencyExceededError } from '#infra/local/errors.ts';
import { createConcurrency } from '#infra/local/lambda/concurrency.ts';
import { createAwsMetrics } from '#infra/local/metrics/aws-metrics.ts';
import { createMetricStore } from '#infra/local/metrics/store.ts';
import type { Statistic } from '#infra/local/resources/cloudwatch.ts';

it('measures what Lambda would, for the function and for the alias, refusals among it', () => {
  const store = createMetricStore({ nowMs: () => 0, minutesOf: () => 1 });
  const concurrency = createConcurrency(createAwsMetrics(store));
  const api = { name: 'api', reservedConcurrency: 2 };
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:api';
  const ended = [concurrency.begin(api, `${arn}:live`), concurrency.begin(api, `${arn}:health`)];
  expect(() => concurrency.begin(api, arn)).toThrow(ConcurrencyExceededError);
  ended[0]?.({ failed: true, durationMs: 40 });
  ended[1]?.({ failed: false, durationMs: 20 });
  concurrency.begin(api, 'api:live')({ failed: false, durationMs: 60 });

  const value = (name: string, statistic: Statistic, Resource?: string) =>
    store.value(
      {
        namespace: 'AWS/Lambda',
        name,
        statistic,
        dimensions: { FunctionName: 'api', ...(Resource !== undefined && { Resource }) },
      },
      { minutesAgo: 0, minutes: 1 },
    );
  expect([
    value('Invocations', 'Sum'),
    value('Errors', 'Sum'),
    value('Throttles', 'Sum'),
    value('Duration', 'Average'),
    value('ConcurrentExecutions', 'Maximum'),
  ]).toEqual([3, 1, 1, 40, 2]);
  expect([value('Invocations', 'Sum', 'api:live'), value('Errors', 'Sum', 'api:live')]).toEqual([2, 1]);
  expect(value('Invocations', 'Sum', 'api:health')).toBe(1);
});
