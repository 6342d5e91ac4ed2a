import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { query } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { StateBadge } from '../../parts/badge.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Notice } from '../../parts/notice.tsx';
import { durationText } from '../../parts/numbers.ts';
import { Page, Section } from '../../parts/page.tsx';
import { Time } from '../../parts/time.tsx';
import type { TraceSummary } from './types.ts';

const REFRESH_MS = 5000;
/** The system keeps 500. */
const SHOWN_FIRST = 50;

interface TraceFilter {
  /** Empty for all, or `plugins`: without what the platform asks of itself and of their health. */
  readonly service: string;
  readonly status: string;
  readonly text: string;
}

function matches({ id, root, services, status }: TraceSummary, filter: TraceFilter): boolean {
  if (filter.status !== '' && status !== filter.status) return false;
  if (filter.text !== '' && !`${root} ${id}`.toLowerCase().includes(filter.text.toLowerCase())) return false;
  if (filter.service === '') return true;
  if (filter.service !== 'plugins') return services.includes(filter.service);
  return !root.endsWith('.health') && services.some((service) => service !== 'platform');
}

/** The last calls, each through all functions that had to do with it. */
export function TracesPage() {
  const { query: asked } = useLocation();
  const attributes = Object.entries(asked).filter(([name]) => name.includes('.'));
  const [filter, setFilter] = useState<TraceFilter>({
    service: attributes.length > 0 ? '' : 'plugins',
    status: '',
    text: '',
  });
  const path = `/dev/traces${query(Object.fromEntries(attributes))}`;
  const traces = useResource<{ readonly traces: readonly TraceSummary[] }>(path, { everyMs: REFRESH_MS });
  const services = [...new Set((traces.data?.traces ?? []).flatMap((trace) => trace.services))].sort();
  return (
    <Page
      title="Traces"
      summary="The last calls, each through the provider, the tables, the events and their subscribers."
    >
      {attributes.length > 0 && (
        <Notice tone="info">
          Only those with {attributes.map(([name, value]) => `${name} ${value}`).join(' and ')}.{' '}
          <a href="/console/traces">Show all</a>
        </Notice>
      )}
      <Section title="The last traces">
        <div class="filters">
          <SelectField
            label="Taking part"
            name="service"
            value={filter.service}
            options={{
              plugins: 'Plugins, without health',
              '': 'Everything',
              ...Object.fromEntries(services.map((service) => [service, service])),
            }}
            onInput={(service) => setFilter({ ...filter, service })}
          />
          <SelectField
            label="Status"
            name="status"
            value={filter.status}
            options={{ '': 'All', ok: 'ok', error: 'error' }}
            onInput={(status) => setFilter({ ...filter, status })}
          />
          <Field
            label="Name or id"
            name="text"
            type="search"
            value={filter.text}
            onInput={(text) => setFilter({ ...filter, text })}
          />
        </div>
        <Loaded resource={traces} lines={10}>
          {({ traces: all }) => <TraceTable traces={all.filter((trace) => matches(trace, filter))} />}
        </Loaded>
      </Section>
    </Page>
  );
}

function TraceTable({ traces }: { readonly traces: readonly TraceSummary[] }) {
  return (
    <DataTable
      caption="Traces"
      shownFirst={SHOWN_FIRST}
      rows={traces}
      keyOf={({ id }) => id}
      empty="There is no such trace yet."
      emptyHint={
        <>
          Each call makes one: <code>curl {location.origin}/simple/receipts</code>
        </>
      }
      columns={[
        {
          label: 'Trace',
          cell: ({ id, root }) => (
            <>
              <a href={`/console/traces/${id}`}>
                <strong>{root}</strong>
              </a>
              <div class="muted">
                <code>{id}</code>
              </div>
            </>
          ),
        },
        { label: 'Taking part', cell: ({ services }) => services.join(', ') },
        { label: 'Status', cell: ({ status }) => <StateBadge state={status} /> },
        { label: 'Began', cell: ({ startedAt }) => <Time at={startedAt} /> },
        { label: 'Spans', isNumber: true, cell: ({ spans }) => spans },
        { label: 'Duration', isNumber: true, cell: ({ durationMs }) => durationText(durationMs) },
      ]}
    />
  );
}
