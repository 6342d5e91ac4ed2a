import { path } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Time } from '../../parts/time.tsx';
import type { ConfigView } from './types.ts';

interface Named {
  readonly name: string;
}

/** Which plugins have a configuration, and which version of it is in force. */
export function ConfigurationsPage() {
  const plugins = useResource<{ readonly plugins: readonly Named[] }>('/plugins');
  return (
    <Page title="Configuration" summary="What plugins are told, without a deployment.">
      <Section title="Plugins">
        <Loaded resource={plugins} lines={3}>
          {({ plugins: rows }) => (
            <DataTable
              caption="Configurations by plugin"
              rows={rows}
              keyOf={({ name }) => name}
              empty="No plugin is deployed."
              columns={[
                {
                  label: 'Plugin',
                  cell: ({ name }) => <a href={path`/console/configuration/${name}`}>{name}</a>,
                },
                { label: 'In force', cell: ({ name }) => <InForce plugin={name} /> },
              ]}
            />
          )}
        </Loaded>
      </Section>
    </Page>
  );
}

function InForce({ plugin }: { readonly plugin: string }) {
  const { data, problem } = useResource<ConfigView>(path`/plugins/${plugin}/config`);
  if (problem?.code === 'no-configuration') return <span class="muted">has none</span>;
  if (problem) return <span class="bad">{problem.message}</span>;
  if (!data) return <span class="muted">…</span>;
  return (
    <>
      {data.label}
      {data.updatedAt !== undefined && (
        <span class="muted">
          {' '}
          written <Time at={data.updatedAt} />
        </span>
      )}
    </>
  );
}
