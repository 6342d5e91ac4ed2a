import { expect, it } from 'vitest';
import { ConcurrencyExceededError } from '#infra/local/errors.ts';
import { createConcurrencyLimit } from '#infra/local/lambda/concurrency.ts';
import { createAwsMetrics } from '#infra/local/metrics/aws-metrics.ts';
import { createMetricStore } from '#infra/local/metrics/store.ts';
import type { Statistic } from '#infra/local/resources/cloudwatch.ts';

it('measures what Lambda would, for the function and for the alias, refusals among it', async () => {
  const store = createMetricStore({ nowMs: () => 0, minutesOf: () => 1 });
  const limit = createConcurrencyLimit(createAwsMetrics(store));
  const api = { name: 'api', reservedConcurrency: 2 };
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:api';
  const outcome = (status: 'ok' | 'error', durationMs: number) => async () => ({ status, durationMs });
  const running = [
    limit(api, `${arn}:live`, outcome('error', 40)),
    limit(api, `${arn}:health`, outcome('ok', 20)),
  ];
  await expect(limit(api, arn, outcome('ok', 1))).rejects.toThrow(ConcurrencyExceededError);
  await Promise.all(running);
  await limit(api, 'api:live', outcome('ok', 60));

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
