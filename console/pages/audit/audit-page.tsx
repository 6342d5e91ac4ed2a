import { useLocation } from 'preact-iso';
import { query } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { Field, SelectField } from '../../parts/field.tsx';
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
  const { query: asked, route, path } = useLocation();
  const plugins = useResource<{ readonly plugins: readonly { readonly name: string }[] }>('/plugins');
  return (
    <Page
      title="Audit"
      summary="Who did what to plugins, configurations and money. Each entry carries the hash of the one before it."
    >
      <Section title="Entries">
        <Loaded resource={plugins} lines={10}>
          {({ plugins: all }) => {
            const names = all.map(({ name }) => name);
            const hasMoney = names.includes('payment');
            const { of = hasMoney ? 'payment' : (names[0] ?? ''), action = '', by = '' } = asked;
            const go = (to: Readonly<Record<string, string>>): void =>
              route(`${path}${query({ of, action, by, ...to })}`, true);
            const subjects = {
              ...Object.fromEntries(names.map((name) => [name, name])),
              ...(hasMoney && { [MONEY]: 'Money, beyond the log of each payment' }),
            };
            return (
              <>
                <div class="filters">
                  <SelectField
                    label="Of"
                    name="of"
                    value={of}
                    options={subjects}
                    onInput={(value) => go({ of: value })}
                  />
                  {of !== MONEY && <Filters action={action} by={by} onChange={go} />}
                </div>
                {of === MONEY ? (
                  <PaymentAuditLog limit={PAGE} />
                ) : (
                  <PluginAudit of={of} action={action} by={by} />
                )}
              </>
            );
          }}
        </Loaded>
      </Section>
      <p class="muted">
        <code>npm run plugins -- audit verify</code> proves that no entry was changed or left out.
      </p>
    </Page>
  );
}

interface FiltersProps {
  readonly action: string;
  readonly by: string;
  readonly onChange: (to: Readonly<Record<string, string>>) => void;
}

function Filters({ action, by, onChange }: FiltersProps) {
  return (
    <>
      <Field
        label="Action"
        name="action"
        type="search"
        value={action}
        placeholder="unload"
        onInput={(value) => onChange({ action: value })}
      />
      <Field
        label="By"
        name="by"
        type="search"
        value={by}
        placeholder="developer"
        onInput={(value) => onChange({ by: value })}
      />
    </>
  );
}

/** Asks when typing has ended. */
function PluginAudit({
  of,
  action,
  by,
}: {
  readonly of: string;
  readonly action: string;
  readonly by: string;
}) {
  return <AuditLog plugin={of} limit={PAGE} action={useDelayed(action)} by={useDelayed(by)} />;
}
