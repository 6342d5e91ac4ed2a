import type { ComponentChildren } from 'preact';
import { DataTable } from '../../parts/data-table.tsx';
import type { Dependency, Operation, Plugin } from './types.ts';

/** What clients may call, over HTTP and over GraphQL. */
export function OperationTable({ operations }: { readonly operations: readonly Operation[] }) {
  return (
    <DataTable
      caption="Operations"
      rows={operations}
      keyOf={({ name }) => name}
      empty="It has no operations that clients may call."
      columns={[
        {
          label: 'Operation',
          cell: ({ name, summary }) => (
            <>
              <strong>{name}</strong>
              <div class="muted">{summary}</div>
            </>
          ),
        },
        {
          label: 'HTTP, GraphQL',
          cell: ({ http, graphql }) => (
            <>
              {http && (
                <div>
                  <code>
                    {http.method} {http.path}
                  </code>
                </div>
              )}
              {graphql && (
                <div class="muted">
                  <code>
                    {graphql.kind} {graphql.field}
                  </code>
                </div>
              )}
            </>
          ),
        },
        { label: 'Scope', cell: ({ scope }) => <code class="unbroken">{scope}</code> },
      ]}
    />
  );
}

/** What it publishes and what it listens to. */
export function EventLists({ events }: { readonly events: Plugin['events'] }) {
  const { publishes = [], subscribes = [] } = events ?? {};
  return (
    <dl class="facts">
      <dt>Listens to</dt>
      <dd>
        <Tags empty="nothing" texts={subscribes.map(({ type, version }) => `${type} ${version}`)} />
      </dd>
      <dt>Publishes</dt>
      <dd>
        <Tags empty="nothing" texts={publishes.map(({ type, version }) => `${type} ${version}`)} />
      </dd>
    </dl>
  );
}

function Tags({ texts, empty }: { readonly texts: readonly string[]; readonly empty: string }) {
  if (texts.length === 0) return <span class="muted">{empty}</span>;
  return (
    <ul class="tags">
      {texts.map((text) => (
        <li key={text}>
          <code>{text}</code>
        </li>
      ))}
    </ul>
  );
}

/** The plugins that it needs and the webhooks that it takes. */
export function Surroundings({ plugin: { dependencies = [], webhooks = [] } }: { readonly plugin: Plugin }) {
  return (
    <dl class="facts">
      <dt>Depends on</dt>
      <dd>
        <Lines empty="no other plugin">{dependencies.map((one) => dependencyLine(one))}</Lines>
      </dd>
      <dt>Webhooks</dt>
      <dd>
        <Lines empty="none">
          {webhooks.map(({ name, path }) => (
            <>
              {name} <code>POST {path}</code>
            </>
          ))}
        </Lines>
      </dd>
    </dl>
  );
}

function Lines({
  children,
  empty,
}: {
  readonly children: readonly ComponentChildren[];
  readonly empty: string;
}) {
  if (children.length === 0) return <span class="muted">{empty}</span>;
  return (
    <ul>
      {children.map((line, index) => (
        <li key={index}>{line}</li>
      ))}
    </ul>
  );
}

const dependencyLine = ({ name, version, optional, operations }: Dependency) => (
  <>
    <a href={`/console/plugins/${encodeURIComponent(name)}`}>{name}</a> {version}
    {optional && ', optional'}
    {operations.length > 0 && (
      <span class="muted">
        , of which it calls <code>{operations.join(', ')}</code>
      </span>
    )}
  </>
);
