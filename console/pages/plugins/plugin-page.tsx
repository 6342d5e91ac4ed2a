import { useRoute } from 'preact-iso';
import { path } from '../../api/client.ts';
import { type Resource, useResource } from '../../api/use-resource.ts';
import { StateBadge } from '../../parts/badge.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { AuditLog } from '../audit/audit-log.tsx';
import { ErrorGroups } from '../errors/error-groups.tsx';
import { HealthChecks } from './health-checks.tsx';
import { EventLists, OperationTable, Surroundings } from './plugin-tables.tsx';
import { PluginSwitch } from './plugin-switch.tsx';
import type { PlatformHealth, Plugin } from './types.ts';

const REFRESH_MS = 5000;
const HEALTH_REFRESH_MS = 15_000;

/** One plugin: what it offers, what it needs, how it is and what happened to it. */
export function PluginPage() {
  const { name = '' } = useRoute().params;
  const plugin = useResource<Plugin>(path`/plugins/${name}`, { everyMs: REFRESH_MS });
  const all = useResource<{ readonly plugins: readonly Plugin[] }>('/plugins', { everyMs: REFRESH_MS });
  const health = useResource<PlatformHealth>('/plugins/health', { everyMs: HEALTH_REFRESH_MS });
  const reload = (): void => [plugin, all, health].forEach((resource) => resource.reload());
  const { data } = plugin;
  return (
    <Page
      title={name}
      summary={data?.description ?? (data ? 'It is left out because of its errors.' : ' ')}
      // Without those around it, it could not ask whether they go along.
      actions={data && all.data && <PluginSwitch plugin={data} all={all.data.plugins} onDone={reload} />}
    >
      <p>
        <a href="/console">All plugins</a>
      </p>
      <Loaded resource={plugin} lines={12}>
        {(found) => <Content plugin={found} health={health} />}
      </Loaded>
    </Page>
  );
}

function Content({ plugin, health }: { readonly plugin: Plugin; readonly health: Resource<PlatformHealth> }) {
  const { name, status, version, author, reason, errors = [] } = plugin;
  const report = health.data?.plugins.find((one) => one.name === name)?.health;
  return (
    <>
      {reason !== undefined && errors.length === 0 && <Notice tone="bad">{reason}</Notice>}
      {errors.map(({ code, file, line, message, fix }) => (
        <Notice key={`${code} ${file} ${line} ${message}`} tone="bad">
          <strong>{code}</strong> in{' '}
          <code>
            {file}:{line}
          </code>
          : {message}. {fix}
        </Notice>
      ))}
      <div class="columns">
        <Section title="State">
          <dl class="facts">
            <dt>State</dt>
            <dd>
              <StateBadge state={status} />
            </dd>
            <dt>Version</dt>
            <dd>{version ?? '–'}</dd>
            <dt>Author</dt>
            <dd>{author ?? '–'}</dd>
          </dl>
        </Section>
        <Section title="Health">
          <Loaded resource={health} lines={3}>
            {() =>
              report ? <HealthChecks report={report} /> : <p class="muted">It has no health report.</p>
            }
          </Loaded>
        </Section>
      </div>
      {version !== undefined && (
        <>
          <Section
            title="Errors"
            actions={<a href={`/console/errors?plugin=${encodeURIComponent(name)}`}>All errors</a>}
          >
            <ErrorGroups plugin={name} status="open" limit={5} />
          </Section>
          <Section
            title="Audit"
            actions={<a href={`/console/audit?of=${encodeURIComponent(name)}`}>Whole audit</a>}
          >
            <AuditLog plugin={name} limit={5} />
          </Section>
          <Section title="Around it">
            <Surroundings plugin={plugin} />
          </Section>
          <Section title="Operations">
            <OperationTable operations={plugin.operations} />
          </Section>
          <Section title="Events">
            <EventLists events={plugin.events} />
          </Section>
        </>
      )}
    </>
  );
}
