import { useRoute } from 'preact-iso';
import { path } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Time } from '../../parts/time.tsx';
import { ConfigurationForm } from './configuration-form.tsx';
import { History } from './history.tsx';
import type { ConfigVersion, ConfigView, JsonSchema } from './types.ts';

/** The configuration of one plugin: its values, and the versions before. */
export function ConfigurationPage() {
  const { plugin = '' } = useRoute().params;
  const base = path`/plugins/${plugin}/config`;
  const view = useResource<ConfigView>(base);
  const schema = useResource<JsonSchema>(view.data && `${base}/schema`);
  const versions = useResource<{ readonly versions: readonly ConfigVersion[] }>(
    view.data && `${base}/versions`,
  );
  const changed = (): void => {
    view.reload();
    versions.reload();
  };
  const title = `Configuration of ${plugin}`;
  if (view.problem?.code === 'no-configuration') {
    return (
      <Page title={title}>
        <EmptyState title={`${plugin} has no configuration.`}>
          Its manifest declares none. <a href="/console/configuration">Other plugins</a>
        </EmptyState>
      </Page>
    );
  }
  const { data } = view;
  const summary = data && (
    <>
      {data.label} in force
      {data.updatedAt !== undefined && (
        <>
          , written <Time at={data.updatedAt} />
        </>
      )}
      {data.updatedBy !== undefined && ` by ${data.updatedBy}`}
    </>
  );
  return (
    <Page title={title} summary={summary ?? 'Values, and the versions before.'}>
      <Section title="Values">
        <Loaded resource={view} lines={14}>
          {(stored) => (
            <Loaded resource={schema} lines={14}>
              {(described) => (
                <ConfigurationForm key={stored.version} view={stored} schema={described} onSaved={changed} />
              )}
            </Loaded>
          )}
        </Loaded>
      </Section>
      {data && <History plugin={plugin} current={data} versions={versions} onChange={changed} />}
    </Page>
  );
}
