import { Plot } from '../../parts/plot.tsx';
import { durationText } from '../../parts/numbers.ts';
import { minutesOf } from './minutes.ts';
import type { OperationMetrics, OperationSeries } from './types.ts';

interface OperationPlotsProps {
  readonly metrics: OperationMetrics;
  readonly series: OperationSeries;
}

/** An operation over time: calls with those that failed, and how long they took. */
export function OperationPlots({ metrics, series }: OperationPlotsProps) {
  const minutes = minutesOf(metrics);
  const times = minutes.map((at) => Date.parse(at) / 1000);
  const points = new Map(series.points.map((point) => [point.at, point]));
  const each = <T,>(read: (at: string) => T): readonly T[] => minutes.map(read);
  return (
    <div class="columns">
      <div class="stack">
        <h3>Calls per minute</h3>
        <Plot
          label="Calls and faults per minute"
          times={times}
          textOf={(value) => value.toLocaleString()}
          series={[
            { label: 'Calls', tone: 'accent', isBar: true, values: each((at) => points.get(at)?.calls ?? 0) },
            { label: 'Faults', tone: 'bad', isBar: true, values: each((at) => points.get(at)?.errors ?? 0) },
          ]}
        />
      </div>
      <div class="stack">
        <h3>Duration</h3>
        <Plot
          label="Duration of calls, the median and the 99th percentile"
          times={times}
          textOf={durationText}
          series={[
            { label: 'p99', tone: 'warning', values: each((at) => points.get(at)?.p99Ms ?? null) },
            { label: 'p50', tone: 'accent', values: each((at) => points.get(at)?.p50Ms ?? null) },
          ]}
        />
      </div>
    </div>
  );
}
