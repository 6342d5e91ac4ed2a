import { useLocation, useRoute } from 'preact-iso';
import { call, path } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { Action } from '../../parts/action.tsx';
import { StateBadge } from '../../parts/badge.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { ExactTime } from '../../parts/time.tsx';
import { durationText, type InvocationDetail, shortName } from './types.ts';

const RUNNING_REFRESH_MS = 2000;

/** One run of a function: what it was called with, what it answered, and what it did meanwhile. */
export function InvocationPage() {
  const id = useRoute().params['id'] ?? '';
  const invocation = useResource<InvocationDetail>(path`/dev/invocations/${id}`, {
    everyMs: RUNNING_REFRESH_MS,
  });
  return (
    <Page
      title="Invocation"
      summary={invocation.data ? shortName(invocation.data.function) : undefined}
      actions={invocation.data && <Repeat invocation={invocation.data} />}
    >
      <Loaded resource={invocation} lines={12}>
        {(data) => <Detail invocation={data} />}
      </Loaded>
    </Page>
  );
}

function Repeat({ invocation: { id, function: name, event } }: { readonly invocation: InvocationDetail }) {
  const { route } = useLocation();
  const repeat = async (): Promise<string> => {
    const { body } = await call<{ readonly requestId: string; readonly functionError?: string }>(
      '/dev/invoke',
      {
        method: 'POST',
        body: { repeat: id },
      },
    );
    route(path`/console/invocations/${body.requestId}`);
    return body.functionError === undefined
      ? 'The function ran again.'
      : 'The function ran again, and failed.';
  };
  return (
    <Action
      label="Run again"
      run={repeat}
      disabled={event === undefined}
      confirm={{
        title: `Run ${shortName(name)} again?`,
        children: (
          <p>
            The function gets the same event by the same alias. What it did then it may do a second time, as
            with a message that is delivered twice.
          </p>
        ),
      }}
    />
  );
}

function Detail({ invocation }: { readonly invocation: InvocationDetail }) {
  const { status, trigger, startedAt, durationMs, coldStart, error, denied, awsCalls, providerCalls } =
    invocation;
  const calls = [
    ...awsCalls.map((name) => ({ to: 'AWS', name })),
    ...providerCalls.map((name) => ({ to: 'Provider', name })),
  ].map((one, index) => ({ ...one, id: String(index) }));
  return (
    <>
      <Section title="Run" actions={<StateBadge state={status} />}>
        <dl class="facts">
          <dt>Function</dt>
          <dd>{invocation.function}</dd>
          <dt>Request</dt>
          <dd>
            <code>{invocation.id}</code>
          </dd>
          <dt>Trigger</dt>
          <dd>{trigger}</dd>
          <dt>Started</dt>
          <dd>
            <ExactTime at={startedAt} />
          </dd>
          <dt>Duration</dt>
          <dd>
            {durationText(durationMs)}
            {coldStart && ', with a cold start'}
          </dd>
        </dl>
        {error !== undefined && <JsonView value={error} label="Error" />}
        {denied.map(({ action, resource, hint }) => (
          <div key={`${action} ${resource}`} class="problem" role="alert">
            <p>
              The role does not allow <code>{action}</code> on <code>{resource}</code>.
            </p>
            {hint !== '' && <p class="muted">{hint}</p>}
          </div>
        ))}
      </Section>
      <div class="columns">
        <Section title="Event">
          <Payload value={invocation.event} label="Event" />
        </Section>
        <Section title="Result">
          {status === 'running' ? (
            <p role="status">It is still running.</p>
          ) : (
            <Payload value={invocation.result} label="Result" />
          )}
        </Section>
      </div>
      <Section title="Calls">
        <DataTable
          caption="Calls of AWS and of providers"
          rows={calls}
          keyOf={({ id }) => id}
          empty="It called neither AWS nor a provider."
          columns={[
            { label: 'To', cell: ({ to }) => to },
            { label: 'Call', cell: ({ name }) => <code>{name}</code> },
          ]}
        />
      </Section>
      <Section title="Log">
        <Log lines={invocation.logs} />
      </Section>
    </>
  );
}

/** What went in or out. Secrets in it are hidden. */
function Payload({ value, label }: { readonly value: unknown; readonly label: string }) {
  if (value === undefined) return <EmptyState title="It has more than 64 KB, which are not kept." />;
  return <JsonView value={value} label={label} />;
}

function Log({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return <EmptyState title="It has logged nothing." />;
  return (
    <ol class="log">
      {lines.map((line, index) => (
        <li key={index}>
          <LogLine line={line} label={`Line ${index + 1}`} />
        </li>
      ))}
    </ol>
  );
}

/** A line as the function wrote it, by what it says. */
function LogLine({ line, label }: { readonly line: string; readonly label: string }) {
  const value = parsed(line);
  if (typeof value !== 'object' || value === null) return <code>{line}</code>;
  const { level, message } = value as Readonly<Record<string, unknown>>;
  return (
    <details>
      <summary>
        <code>{typeof level === 'string' ? level : 'METRICS'}</code>{' '}
        {typeof message === 'string' ? message : metricNames(value)}
      </summary>
      <JsonView value={value} label={label} />
    </details>
  );
}

/** Embedded metrics stand beside their description, and have dots in their names. */
const metricNames = (value: object): string =>
  Object.keys(value)
    .filter((name) => name.includes('.'))
    .join(', ');

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return line;
  }
}
