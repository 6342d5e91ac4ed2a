import { call, path, query } from '../../api/client.ts';
import { usePages } from '../../api/use-pages.ts';
import { useSession } from '../../auth/session.tsx';
import { Action } from '../../parts/action.tsx';
import { Badge, StateBadge } from '../../parts/badge.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { More } from '../../parts/more.tsx';
import { ExactTime, Time } from '../../parts/time.tsx';
import type { ErrorGroup, ErrorPage } from './types.ts';

interface ErrorGroupsProps {
  /** Only those of this plugin; of all when left out. */
  readonly plugin?: string;
  readonly status?: string;
  readonly operation?: string;
  readonly limit: number;
}

const REFRESH_MS = 10_000;

/** Groups of errors, that of the latest first, with what one can say about each. */
export function ErrorGroups({ plugin = '', status, operation, limit }: ErrorGroupsProps) {
  const list = plugin === '' ? '/plugins/errors' : path`/plugins/${plugin}/errors`;
  const pages = usePages<ErrorPage, ErrorGroup>(`${list}${query({ status, operation, limit })}`, {
    rowsOf: ({ errors }) => errors,
    everyMs: REFRESH_MS,
  });
  return (
    <Loaded resource={pages.first} lines={5}>
      {() => (
        <>
          <DataTable
            caption="Errors"
            rows={pages.rows}
            keyOf={({ plugin: of, fingerprint }) => `${of} ${fingerprint}`}
            empty={
              status === undefined || status === ''
                ? 'There are no errors.'
                : `There are no ${status} errors.`
            }
            columns={[
              { label: 'Error', cell: (group) => <Described group={group} /> },
              {
                label: 'Where',
                cell: (group) => (
                  <div class="unbroken">
                    <PluginName name={group.plugin} />
                    <div>{group.operation}</div>
                    <div class="muted">{group.versions.join(', ')}</div>
                  </div>
                ),
              },
              {
                label: 'Count',
                isNumber: true,
                cell: ({ count }) => count.toLocaleString(),
              },
              {
                label: 'Last seen',
                cell: ({ firstSeen, lastSeen }) => (
                  <>
                    <Time at={lastSeen} />
                    <div class="muted unbroken">
                      first <Time at={firstSeen} />
                    </div>
                  </>
                ),
              },
              { label: 'Status', cell: (group) => <Status group={group} /> },
              { label: '', cell: (group) => <StatusActions group={group} onDone={pages.first.reload} /> },
            ]}
          />
          <More pages={pages} />
        </>
      )}
    </Loaded>
  );
}

/** The platform's own functions have errors too, and it has no page. */
function PluginName({ name }: { readonly name: string }) {
  if (name === 'platform') return <>{name}</>;
  return <a href={`/console/plugins/${encodeURIComponent(name)}`}>{name}</a>;
}

function Described({ group: { code, type, message, at, sample } }: { readonly group: ErrorGroup }) {
  return (
    <>
      <strong>{message}</strong>
      <div class="muted">
        {type} <code>{code}</code>
      </div>
      <details>
        <summary>A sample</summary>
        <dl class="facts">
          {sample.message !== undefined && (
            <>
              <dt>Message</dt>
              <dd>{sample.message}</dd>
            </>
          )}
          {at !== undefined && (
            <>
              <dt>Thrown at</dt>
              <dd>
                <code>{at}</code>
              </dd>
            </>
          )}
          {sample.at !== undefined && (
            <>
              <dt>When</dt>
              <dd>
                <ExactTime at={sample.at} />
              </dd>
            </>
          )}
          {sample.requestId !== undefined && (
            <>
              <dt>Request</dt>
              <dd>
                <code>{sample.requestId}</code>
              </dd>
            </>
          )}
          <TraceOf id={sample.traceId} />
        </dl>
        {sample.stack !== undefined && (
          <pre class="json" tabIndex={0} aria-label="Stack">
            {sample.stack}
          </pre>
        )}
      </details>
    </>
  );
}

/** The id of a trace; locally a way to it. */
function TraceOf({ id }: { readonly id: string | undefined }) {
  const { isLocal } = useSession();
  if (id === undefined) return null;
  return (
    <>
      <dt>Trace</dt>
      <dd>{isLocal ? <a href={`/console/traces/${id}`}>{id}</a> : <code>{id}</code>}</dd>
    </>
  );
}

function Status({ group: { status, statusBy, statusAt, regressions } }: { readonly group: ErrorGroup }) {
  return (
    <>
      <StateBadge state={status} />
      {regressions > 0 && (
        <div>
          <Badge tone="bad">came again {regressions === 1 ? 'once' : `${regressions} times`}</Badge>
        </div>
      )}
      {statusBy !== undefined && statusAt !== undefined && (
        <div class="muted">
          by {statusBy} <Time at={statusAt} />
        </div>
      )}
    </>
  );
}

function StatusActions({ group, onDone }: { readonly group: ErrorGroup; readonly onDone: () => void }) {
  const { plugin, fingerprint, status } = group;
  const set = (to: ErrorGroup['status'], done: string) => async () => {
    await call(path`/plugins/${plugin}/errors/${fingerprint}`, { method: 'PATCH', body: { status: to } });
    onDone();
    return done;
  };
  return (
    <div class="stack">
      {status !== 'resolved' && (
        <Action label="Resolve" run={set('resolved', 'It is resolved, until it comes again.')} />
      )}
      {status === 'open' && <Action label="Ignore" run={set('ignored', 'It is only counted from now on.')} />}
      {status !== 'open' && <Action label="Reopen" run={set('open', 'It is open again.')} />}
    </div>
  );
}
