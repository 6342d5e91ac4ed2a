import { StateBadge } from '../../parts/badge.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Time } from '../../parts/time.tsx';
import type { HealthCheck, PluginHealth } from './types.ts';

/** How a plugin is, with what it looked at. */
export function HealthChecks({ report }: { readonly report: PluginHealth['health'] }) {
  const { status, reason, checks = {} } = report;
  const rows = Object.entries(checks).map(([name, check]) => ({ name, ...check }));
  return (
    <>
      <p>
        <StateBadge state={status} /> {reason}
      </p>
      {rows.length > 0 && (
        <DataTable
          caption="Health checks"
          rows={rows}
          keyOf={({ name }) => name}
          empty=""
          columns={[
            { label: 'Check', cell: ({ name }) => <strong class="unbroken">{name}</strong> },
            {
              label: 'State',
              cell: (check) => (
                <>
                  <StateBadge state={check.status} />
                  {check.reason !== undefined && <div class="muted">{check.reason}</div>}
                </>
              ),
            },
            { label: 'Its own calls', cell: ({ passive }) => <Passive seen={passive} /> },
            { label: 'Last probe', cell: ({ active }) => <Active seen={active} /> },
          ]}
        />
      )}
    </>
  );
}

function Passive({ seen }: { readonly seen: HealthCheck['passive'] }) {
  if (seen?.calls === undefined) return <span class="muted">none yet</span>;
  const minutes = Math.round((seen.windowSeconds ?? 0) / 60);
  return (
    <>
      {seen.failures ?? 0} of {seen.calls} failed in {minutes} min
      {seen.reason !== undefined && <div class="muted">{seen.reason}</div>}
    </>
  );
}

function Active({ seen }: { readonly seen: HealthCheck['active'] }) {
  if (seen?.at === undefined) return <span class="muted">none yet</span>;
  return (
    <>
      {seen.status}, <Time at={seen.at} />
      {seen.reason !== undefined && <div class="muted">{seen.reason}</div>}
    </>
  );
}
