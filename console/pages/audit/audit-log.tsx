import { path, query } from '../../api/client.ts';
import { usePages } from '../../api/use-pages.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { More } from '../../parts/more.tsx';
import { ExactTime } from '../../parts/time.tsx';
import { valueText } from '../../parts/value-text.ts';
import type { PluginAuditEntry, PluginAuditPage } from './types.ts';

interface AuditLogProps {
  readonly plugin: string;
  readonly limit: number;
  /** Only entries with this action. */
  readonly action?: string;
  /** Only entries by this subject. */
  readonly by?: string;
}

const REFRESH_MS = 10_000;

const isEmpty = (text: string | undefined): text is undefined | '' => text === undefined || text === '';

/** Who changed the state or the configuration of a plugin, the newest first. */
export function AuditLog({ plugin, limit, action, by }: AuditLogProps) {
  const asked = `${path`/plugins/${plugin}/audit`}${query({ limit, action, by })}`;
  const pages = usePages<PluginAuditPage, PluginAuditEntry>(asked, {
    rowsOf: ({ entries }) => entries,
    everyMs: REFRESH_MS,
    nextOf: ({ next }) => (next === undefined ? undefined : { before: String(next) }),
  });
  const isFiltered = !isEmpty(action) || !isEmpty(by);
  return (
    <Loaded resource={pages.first} lines={limit}>
      {() => (
        <>
          <DataTable
            caption={`Audit of ${plugin}`}
            rows={pages.rows}
            keyOf={({ version }) => String(version)}
            empty={isFiltered ? 'No entry is like that.' : 'Nobody has changed it since it was deployed.'}
            columns={[
              { label: 'When', cell: ({ at }) => <ExactTime at={at} /> },
              { label: 'Action', cell: (entry) => <strong>{entry.action}</strong> },
              { label: 'By', cell: (entry) => <Who entry={entry} /> },
              { label: 'Change', cell: (entry) => <Change entry={entry} /> },
              { label: 'Request', cell: ({ requestId }) => <code>{requestId}</code> },
              { label: 'No.', isNumber: true, cell: ({ version }) => version },
            ]}
          />
          <More pages={pages} />
        </>
      )}
    </Loaded>
  );
}

function Who({ entry: { by, tenant, sourceIp, calledBy } }: { readonly entry: PluginAuditEntry }) {
  const from = [
    tenant !== undefined && tenant !== 'default' && `tenant ${tenant}`,
    sourceIp,
    calledBy !== undefined && `by way of ${calledBy}`,
  ].filter(Boolean);
  return (
    <>
      {by}
      {from.length > 0 && <div class="muted">{from.join(', ')}</div>}
    </>
  );
}

/** What is different after it: the members of both sides, from what to what. */
function Change({ entry: { before, after, reason } }: { readonly entry: PluginAuditEntry }) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return (
    <>
      {names.map((name) => (
        <div key={name}>
          <span class="muted">{name}</span> {textOf(before[name])} → {textOf(after[name])}
        </div>
      ))}
      {reason !== undefined && <div class="bad">{reason}</div>}
    </>
  );
}

const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : valueText(value));
