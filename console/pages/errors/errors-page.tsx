import { useLocation } from 'preact-iso';
import { query } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { Field, SelectField } from '../../parts/field.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { useDelayed } from '../../parts/use-delayed.ts';
import { ErrorGroups } from './error-groups.tsx';

const STATUSES = { open: 'Open', resolved: 'Resolved', ignored: 'Ignored', all: 'All' };
const PAGE = 25;

/** What goes wrong in any plugin, in groups. */
export function ErrorsPage() {
  const { query: asked, route, path } = useLocation();
  const { plugin = '', status = 'open', operation = '' } = asked;
  const { data } = useResource<{ readonly plugins: readonly { readonly name: string }[] }>('/plugins');
  const settled = useDelayed(operation);
  const go = (to: Readonly<Record<string, string>>): void =>
    route(`${path}${query({ plugin, status, operation, ...to })}`, true);
  // The platform's own functions have errors too.
  const names = [...(data?.plugins ?? []).map(({ name }) => name), 'platform'];
  return (
    <Page
      title="Errors"
      summary="Faults of all plugins, in groups of the same cause. A resolved one opens again when it comes again."
    >
      <Section title="Groups">
        <div class="filters">
          <SelectField
            label="Plugin"
            name="plugin"
            value={plugin}
            options={{ '': 'All', ...Object.fromEntries(names.map((name) => [name, name])) }}
            onInput={(value) => go({ plugin: value })}
          />
          <SelectField
            label="Status"
            name="status"
            value={status}
            options={STATUSES}
            onInput={(value) => go({ status: value })}
          />
          <Field
            label="Operation"
            name="operation"
            type="search"
            value={operation}
            placeholder="createPayment"
            onInput={(value) => go({ operation: value })}
          />
        </div>
        <ErrorGroups
          plugin={plugin}
          status={status === 'all' ? '' : status}
          operation={settled}
          limit={PAGE}
        />
      </Section>
    </Page>
  );
}
