import { useLocation } from 'preact-iso';
import { query } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { SelectField } from '../../parts/field.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Sparkline } from '../../parts/sparkline.tsx';
import { OperationPlots } from './operation-plots.tsx';
import { durationText, shareText } from '../../parts/numbers.ts';
import { minutesOf } from './minutes.ts';
import type { OperationMetrics, OperationSeries } from './types.ts';

const REFRESH_MS = 10_000;
const RANGES: Readonly<Record<string, string>> = { '15': '15 minutes', '60': '1 hour', '180': '3 hours' };
const DEFAULT_RANGE = '60';

const nameOf = ({ plugin, operation }: OperationSeries): string =>
  operation === null ? `${plugin} (all)` : `${plugin}.${operation}`;

/** How often operations are called, how many calls fail and how long they take. */
export function MetricsPage() {
  const { query: asked, route, path } = useLocation();
  const { plugin = '', operation, range = DEFAULT_RANGE } = asked;
  const minutes = Number(RANGES[range] === undefined ? DEFAULT_RANGE : range);
  // A minute is the finest that there is, so that the address changes no more often.
  const since = new Date(Math.floor(Date.now() / 60_000 - minutes + 1) * 60_000).toISOString();
  const metrics = useResource<OperationMetrics>(`/dev/metrics/series${query({ since })}`, {
    everyMs: REFRESH_MS,
    keepsOther: true,
  });
  const go = (to: Readonly<Record<string, string | undefined>>): void =>
    route(`${path}${query({ plugin, operation, range, ...to })}`, true);
  return (
    <Page title="Metrics" summary="Calls, faults and durations of each operation, by minute.">
      <Loaded resource={metrics} lines={14}>
        {(data) => {
          const all = data.operations;
          const plugins = [...new Set(all.map((one) => one.plugin))].sort();
          const rows = all
            .filter((one) => one.calls > 0 && (plugin === '' || one.plugin === plugin))
            .toSorted((one, other) => other.calls - one.calls || (nameOf(one) < nameOf(other) ? -1 : 1));
          const selected =
            rows.find((one) => nameOf(one) === operation) ??
            rows.find((one) => one.operation !== null && one.plugin !== 'platform') ??
            rows[0];
          return (
            <>
              <div class="filters">
                <SelectField
                  label="Plugin"
                  name="plugin"
                  value={plugin}
                  options={{ '': 'All', ...Object.fromEntries(plugins.map((one) => [one, one])) }}
                  onInput={(value) => go({ plugin: value, operation: undefined })}
                />
                <SelectField
                  label="Time"
                  name="range"
                  value={String(minutes)}
                  options={RANGES}
                  onInput={(value) => go({ range: value })}
                />
              </div>
              {selected && (
                <Section title={nameOf(selected)}>
                  <OperationPlots metrics={data} series={selected} />
                </Section>
              )}
              <Section title="Operations">
                <OperationRows
                  metrics={data}
                  rows={rows}
                  selected={selected}
                  onSelect={(one) => go({ operation: nameOf(one) })}
                />
              </Section>
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

interface OperationRowsProps {
  readonly metrics: OperationMetrics;
  readonly rows: readonly OperationSeries[];
  readonly selected: OperationSeries | undefined;
  readonly onSelect: (series: OperationSeries) => void;
}

function OperationRows({ metrics, rows, selected, onSelect }: OperationRowsProps) {
  return (
    <DataTable
      caption="Operations with their calls"
      rows={rows}
      keyOf={nameOf}
      empty="Nothing was called in this time."
      emptyHint={
        <>
          <code>curl {location.origin}/plugins</code> is a call.
        </>
      }
      columns={[
        {
          label: 'Operation',
          cell: (one) => (
            <button type="button" class="link" aria-pressed={one === selected} onClick={() => onSelect(one)}>
              {nameOf(one)}
            </button>
          ),
        },
        {
          label: 'Over time',
          cell: (one) => {
            const byMinute = new Map(one.points.map(({ at, calls }) => [at, calls]));
            const values = minutesOf(metrics).map((at) => byMinute.get(at) ?? 0);
            return <Sparkline values={values} label={`Calls of ${nameOf(one)} by minute`} />;
          },
        },
        { label: 'Calls', isNumber: true, cell: ({ calls }) => calls.toLocaleString() },
        {
          label: 'Faults',
          isNumber: true,
          cell: ({ calls, errors }) => (
            <span class={errors > 0 ? 'bad' : undefined}>
              {errors.toLocaleString()} ({shareText(errors, calls)})
            </span>
          ),
        },
        { label: 'p50', isNumber: true, cell: ({ p50Ms }) => durationText(p50Ms) },
        { label: 'p99', isNumber: true, cell: ({ p99Ms }) => durationText(p99Ms) },
      ]}
    />
  );
}
