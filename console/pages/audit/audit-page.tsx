import { useResource } from '../../api/use-resource.ts';
import { type Filter, Filters, useAddressFilters } from '../../parts/filters.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { useDelayed } from '../../parts/use-delayed.ts';
import { AuditLog } from './audit-log.tsx';
import { PaymentAuditLog } from './payment-audit-log.tsx';

/** In the choice of what to look at, beside the names of plugins, which have no such character. */
const MONEY = '~money';
const PAGE = 25;

/** Who did what to plugins, configurations and money. */
export function AuditPage() {
  const plugins = useResource<{ readonly plugins: readonly { readonly name: string }[] }>('/plugins');
  return (
    <Page
      title="Audit"
      summary="Who did what to plugins, configurations and money. Each entry carries the hash of the one before it."
    >
      <Section title="Entries">
        <Loaded resource={plugins} lines={10}>
          {({ plugins: all }) => <Entries names={all.map(({ name }) => name)} />}
        </Loaded>
      </Section>
      <p class="muted">
        <code>npm run plugins -- audit verify</code> proves that no entry was changed or left out.
      </p>
    </Page>
  );
}

const TEXTS: readonly Filter<'action' | 'by'>[] = [
  { name: 'action', label: 'Action', placeholder: 'unload' },
  { name: 'by', label: 'By', placeholder: 'developer' },
];

function Entries({ names }: { readonly names: readonly string[] }) {
  const hasMoney = names.includes('payment');
  const first = hasMoney ? 'payment' : (names[0] ?? '');
  const { values, change } = useAddressFilters({ of: first, action: '', by: '' });
  const { of } = values;
  const [action, by] = [useDelayed(values.action), useDelayed(values.by)];
  const options = {
    ...Object.fromEntries(names.map((name) => [name, name])),
    ...(hasMoney && { [MONEY]: 'Money, beyond the log of each payment' }),
  };
  const subject = { name: 'of', label: 'Of', options } as const;
  return (
    <>
      <Filters values={values} change={change} filters={of === MONEY ? [subject] : [subject, ...TEXTS]} />
      {of === MONEY ? (
        <PaymentAuditLog limit={PAGE} />
      ) : (
        <AuditLog plugin={of} limit={PAGE} action={action} by={by} />
      )}
    </>
  );
}
