import { useState } from 'preact/hooks';
import { path } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { Badge, StateBadge } from '../../parts/badge.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { SelectField } from '../../parts/field.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Time } from '../../parts/time.tsx';
import { durationText, type InvocationSummary, shortName } from './types.ts';

const REFRESH_MS = 3000;
const SHOWN_FIRST = 50;
/** A choice beside the names of functions: each page of the console is many runs of its own function. */
const OTHERS = '~others';
const isOfConsole = ({ function: name }: InvocationSummary): boolean => name.endsWith('-platform-console');
const STATUSES = { '': 'All', ok: 'ok', failed: 'Not ok', running: 'running' } as const;

/** What the functions of the local system were last called for. */
export function InvocationsPage() {
  const [name, setName] = useState(OTHERS);
  const [status, setStatus] = useState('');
  const invocations = useResource<{ readonly invocations: readonly InvocationSummary[] }>(
    '/dev/invocations?summary',
    { everyMs: REFRESH_MS },
  );
  const all = invocations.data?.invocations ?? [];
  const names = [...new Set(all.map((one) => one.function))].sort();
  const fits = (one: InvocationSummary): boolean =>
    (name === OTHERS ? !isOfConsole(one) : name === '' || one.function === name) &&
    (status === '' ||
      one.status === status ||
      (status === 'failed' && !['ok', 'running'].includes(one.status)));
  return (
    <Page
      title="Invocations"
      summary="The last 500 runs of the functions on this machine, the newest first, with what each was called with."
    >
      <Section
        title="Runs"
        actions={
          <div class="filters">
            <SelectField
              label="Function"
              name="function"
              value={name}
              options={{
                [OTHERS]: 'All but the console',
                '': 'All',
                ...Object.fromEntries(names.map((one) => [one, shortName(one)])),
              }}
              onInput={setName}
            />
            <SelectField label="Status" name="status" value={status} options={STATUSES} onInput={setStatus} />
          </div>
        }
      >
        <Loaded resource={invocations} lines={10}>
          {(data) => <Runs rows={data.invocations.filter(fits).toReversed()} />}
        </Loaded>
      </Section>
    </Page>
  );
}

function Runs({ rows }: { readonly rows: readonly InvocationSummary[] }) {
  return (
    <DataTable
      caption="Invocations"
      shownFirst={SHOWN_FIRST}
      rows={rows}
      keyOf={({ id }) => id}
      empty="No function was invoked like this."
      emptyHint="Call the API, or choose other filters."
      columns={[
        { label: 'Time', cell: ({ startedAt }) => <Time at={startedAt} /> },
        {
          label: 'Function',
          cell: ({ id, function: name }) => <a href={path`/console/invocations/${id}`}>{shortName(name)}</a>,
        },
        { label: 'Trigger', cell: ({ trigger }) => trigger },
        { label: 'Status', cell: (one) => <Outcome {...one} /> },
        { label: 'Calls out', isNumber: true, cell: ({ calls }) => calls },
        { label: 'Duration', isNumber: true, cell: ({ durationMs }) => durationText(durationMs) },
      ]}
    />
  );
}

function Outcome({ status, coldStart, denials }: InvocationSummary) {
  return (
    <span class="badges">
      <StateBadge state={status} />
      {coldStart && <Badge>cold start</Badge>}
      {denials > 0 && <Badge tone="bad">{`${denials} denied`}</Badge>}
    </span>
  );
}
