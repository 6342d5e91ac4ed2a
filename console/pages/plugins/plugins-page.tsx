import { call } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { Action } from '../../parts/action.tsx';
import { StateBadge } from '../../parts/badge.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import type { Plugin, PluginHealth } from './types.ts';

const REFRESH_MS = 5000;

/** Every plugin of the deployment, and how it is. */
export function PluginsPage() {
  const plugins = useResource<{ readonly plugins: readonly Plugin[] }>('/plugins', { everyMs: REFRESH_MS });
  const health = useResource<{ readonly plugins: readonly PluginHealth[] }>('/plugins/health', {
    everyMs: REFRESH_MS,
  });
  const healthOf = ({ name }: Plugin) => health.data?.plugins.find((one) => one.name === name)?.health;
  return (
    <Page title="Plugins" summary="What this deployment consists of, and how each part of it is.">
      <Section title="All plugins">
        <Loaded resource={plugins} lines={3}>
          {({ plugins: rows }) => (
            <DataTable
              caption="Plugins"
              rows={rows}
              keyOf={({ name }) => name}
              empty="No plugin is deployed."
              columns={[
                {
                  label: 'Plugin',
                  cell: ({ name, description }) => (
                    <>
                      <strong>{name}</strong>
                      <div class="muted">{description}</div>
                    </>
                  ),
                },
                { label: 'Version', cell: ({ version }) => version },
                { label: 'State', cell: ({ status }) => <StateBadge state={status} /> },
                {
                  label: 'Health',
                  cell: (plugin) => {
                    const found = healthOf(plugin);
                    return found ? <StateBadge state={found.status} /> : <span class="muted">…</span>;
                  },
                },
                { label: 'Operations', isNumber: true, cell: ({ operations }) => operations.length },
                { label: '', cell: (plugin) => <Switch plugin={plugin} onDone={plugins.reload} /> },
              ]}
            />
          )}
        </Loaded>
      </Section>
    </Page>
  );
}

function Switch({
  plugin: { name, status },
  onDone,
}: {
  readonly plugin: Plugin;
  readonly onDone: () => void;
}) {
  const move = async (to: 'load' | 'unload'): Promise<string> => {
    await call(`/plugins/${to}`, { method: 'POST', body: { name } });
    onDone();
    return `${name} is ${to}ed.`;
  };
  if (status !== 'loaded') return <Action label="Load" run={() => move('load')} />;
  return (
    <Action
      label="Unload"
      run={() => move('unload')}
      tone="danger"
      confirm={{
        title: `Unload ${name}?`,
        children: <p>Its calls answer 503 until it is loaded again; its queued events wait.</p>,
      }}
    />
  );
}
