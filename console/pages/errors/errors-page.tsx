import { useResource } from '../../api/use-resource.ts';
import { allOr, Filters, useAddressFilters } from '../../parts/filters.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { useDelayed } from '../../parts/use-delayed.ts';
import { ErrorGroups } from './error-groups.tsx';

const STATUSES = { open: 'Open', resolved: 'Resolved', ignored: 'Ignored', all: 'All' };
const PAGE = 25;

/** What goes wrong in any plugin, in groups. */
export function ErrorsPage() {
  const { values, change } = useAddressFilters({ plugin: '', status: 'open', operation: '' });
  const { data } = useResource<{ readonly plugins: readonly { readonly name: string }[] }>('/plugins');
  const operation = useDelayed(values.operation);
  // The platform's own functions have errors too.
  const names = [...(data?.plugins ?? []).map(({ name }) => name), 'platform'];
  return (
    <Page
      title="Errors"
      summary="Faults of all plugins, in groups of the same cause. A resolved one opens again when it comes again."
    >
      <Section title="Groups">
        <Filters
          values={values}
          change={change}
          filters={[
            { name: 'plugin', label: 'Plugin', options: allOr(names) },
            { name: 'status', label: 'Status', options: STATUSES },
            { name: 'operation', label: 'Operation', placeholder: 'createPayment' },
          ]}
        />
        <ErrorGroups
          plugin={values.plugin}
          status={values.status === 'all' ? '' : values.status}
          operation={operation}
          limit={PAGE}
        />
      </Section>
    </Page>
  );
}
