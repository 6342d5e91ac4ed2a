import { useMemo } from 'preact/hooks';
import { useResource } from '../../api/use-resource.ts';
import { StateBadge } from '../../parts/badge.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Graph } from '../../parts/graph/graph.tsx';
import { Loaded, Placeholder } from '../../parts/loaded.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { PluginSwitch } from './plugin-switch.tsx';
import { graphOf } from './relations.ts';
import type { Drift, PlatformHealth, Plugin } from './types.ts';

const REFRESH_MS = 5000;
/** Each health check calls every plugin. */
const HEALTH_REFRESH_MS = 15_000;

/** Every plugin of the deployment, how it is, and how they hang together. */
export function PluginsPage() {
  const plugins = useResource<{ readonly plugins: readonly Plugin[] }>('/plugins', { everyMs: REFRESH_MS });
  const health = useResource<PlatformHealth>('/plugins/health', { everyMs: HEALTH_REFRESH_MS });
  const reload = (): void => {
    plugins.reload();
    health.reload();
  };
  return (
    <Page title="Plugins" summary="What this deployment consists of, and how each part of it is.">
      {health.data?.reason !== undefined && <Notice tone="bad">{health.data.reason}</Notice>}
      <DriftNotices />
      <Section title="All plugins">
        <Loaded resource={plugins} lines={7}>
          {({ plugins: rows }) => <PluginTable rows={rows} health={health.data} onDone={reload} />}
        </Loaded>
      </Section>
      <Section title="What calls what">
        {plugins.data === undefined && plugins.problem === undefined && <Placeholder lines={5} />}
        {plugins.data && <PluginGraph plugins={plugins.data.plugins} health={health.data} />}
      </Section>
    </Page>
  );
}

interface PluginTableProps {
  readonly rows: readonly Plugin[];
  readonly health: PlatformHealth | undefined;
  readonly onDone: () => void;
}

function PluginTable({ rows, health, onDone }: PluginTableProps) {
  return (
    <DataTable
      caption="Plugins"
      rows={rows}
      keyOf={({ name }) => name}
      empty="No plugin is deployed."
      emptyHint={
        <>
          <code>npm run plugins -- new hello</code> writes one that works.
        </>
      }
      columns={[
        {
          label: 'Plugin',
          cell: ({ name, description }) => (
            <>
              <a href={`/console/plugins/${encodeURIComponent(name)}`}>
                <strong>{name}</strong>
              </a>
              <div class="muted">{description}</div>
            </>
          ),
        },
        { label: 'Version', cell: ({ version }) => version ?? '–' },
        {
          label: 'State',
          cell: ({ status, reason, errors }) => (
            <>
              <StateBadge state={status} />
              {reason !== undefined && errors === undefined && <div class="bad">{reason}</div>}
              {errors !== undefined && (
                <div class="bad">
                  {errors.length === 1 ? errors[0]?.message : `${errors.length} errors in its files`}
                </div>
              )}
            </>
          ),
        },
        { label: 'Health', cell: (plugin) => <Health plugin={plugin} health={health} /> },
        { label: 'Operations', isNumber: true, cell: ({ operations }) => operations.length },
        { label: '', cell: (plugin) => <PluginSwitch plugin={plugin} all={rows} onDone={onDone} /> },
      ]}
    />
  );
}

function Health({
  plugin,
  health,
}: {
  readonly plugin: Plugin;
  readonly health: PlatformHealth | undefined;
}) {
  const found = health?.plugins.find(({ name }) => name === plugin.name)?.health;
  if (found === undefined) return <span class="muted">…</span>;
  const unwell = Object.entries(found.checks ?? {}).filter(
    ([, { status }]) => status !== 'healthy' && status !== 'unloaded',
  );
  return (
    <>
      <StateBadge state={found.status} />
      {found.status !== 'unloaded' &&
        unwell.map(([name, { status }]) => (
          <div key={name} class="muted">
            {name} is {status}
          </div>
        ))}
    </>
  );
}

function PluginGraph({
  plugins,
  health,
}: {
  readonly plugins: readonly Plugin[];
  readonly health: PlatformHealth | undefined;
}) {
  const { nodes, edges } = useMemo(() => {
    const healthOf = (name: string) => health?.plugins.find((one) => one.name === name)?.health;
    return graphOf(plugins, healthOf);
  }, [plugins, health]);
  return (
    <>
      <Graph label="Plugins, what they call and which events flow between them" nodes={nodes} edges={edges} />
      <p class="legend">
        <span>calls</span>
        <span class="dashed">sends events to</span>
      </p>
    </>
  );
}

/** Where the registry and the deployment differ; nothing as long as they agree. */
function DriftNotices() {
  const { data } = useResource<{ readonly drift: readonly Drift[] }>('/plugins/drift');
  return (
    <>
      {(data?.drift ?? []).map(({ plugin, kind, detail, fix }) => (
        <Notice key={`${plugin} ${kind}`} tone="warning">
          <strong>{plugin}</strong>: {detail} {fix !== undefined && <code>{fix}</code>}
        </Notice>
      ))}
    </>
  );
}
