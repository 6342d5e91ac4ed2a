import { useState } from 'preact/hooks';
import { useResource } from '../../api/use-resource.ts';
import { StateBadge } from '../../parts/badge.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { SelectField } from '../../parts/field.tsx';
import { allOr } from '../../parts/filters.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { ExactTime, Time } from '../../parts/time.tsx';
import { Runbook } from './runbook.tsx';
import type { Alarm, AlarmNotification, Alarms } from './types.ts';

const REFRESH_MS = 10_000;
const ORDER = ['ALARM', 'INSUFFICIENT_DATA', 'OK'];
/** The system keeps 500. */
const NOTIFICATIONS_SHOWN = 20;

/** The alarms of every plugin, as CloudWatch would have them. */
export function AlarmsPage() {
  const alarms = useResource<Alarms>('/dev/alarms', { everyMs: REFRESH_MS });
  const [plugin, setPlugin] = useState('');
  const [state, setState] = useState('');
  return (
    <Page
      title="Alarms"
      summary="The alarms of the templates, evaluated over what happened here as CloudWatch would."
    >
      <Loaded resource={alarms} lines={14}>
        {({ alarms: all, notifications }) => {
          const plugins = [...new Set(all.map((one) => one.plugin ?? ''))].filter((one) => one !== '').sort();
          const shown = all
            .filter(
              (one) => (plugin === '' || one.plugin === plugin) && (state === '' || one.state === state),
            )
            .toSorted((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state));
          return (
            <>
              <Section title={titleOf(all)}>
                <div class="filters">
                  <SelectField
                    label="Plugin"
                    name="plugin"
                    value={plugin}
                    options={allOr(plugins)}
                    onInput={setPlugin}
                  />
                  <SelectField
                    label="State"
                    name="state"
                    value={state}
                    options={{ '': 'All', ALARM: 'ALARM', OK: 'OK', INSUFFICIENT_DATA: 'INSUFFICIENT DATA' }}
                    onInput={setState}
                  />
                </div>
                <AlarmTable alarms={shown} />
              </Section>
              <Section title="Notifications">
                <NotificationTable notifications={notifications} />
              </Section>
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function titleOf(alarms: readonly Alarm[]): string {
  const on = alarms.filter(({ state }) => state === 'ALARM').length;
  return on === 0 ? `${alarms.length} alarms, none is on` : `${on} of ${alarms.length} alarms on`;
}

function AlarmTable({ alarms }: { readonly alarms: readonly Alarm[] }) {
  return (
    <DataTable
      caption="Alarms"
      rows={alarms}
      keyOf={({ name }) => name}
      empty="There is no such alarm."
      columns={[
        {
          label: 'Alarm',
          cell: ({ plugin, alarm, name, description }) => (
            <>
              <strong>{alarm ?? name}</strong>
              {plugin !== null && <div>{plugin}</div>}
              <div class="muted">{description}</div>
            </>
          ),
        },
        {
          label: 'State',
          cell: ({ state, since }) => (
            <>
              <StateBadge state={state} />
              {since !== '' && (
                <div class="muted">
                  <Time at={since} />
                </div>
              )}
            </>
          ),
        },
        {
          label: 'Why',
          cell: ({ state, condition, reason }) => (
            <details open={state === 'ALARM'}>
              <summary class="unbroken">Condition and values</summary>
              <code>{condition}</code>
              <div class="muted">{reason}</div>
            </details>
          ),
        },
        { label: 'Runbook', cell: (alarm) => <Runbook alarm={alarm} /> },
      ]}
    />
  );
}

function NotificationTable({ notifications }: { readonly notifications: readonly AlarmNotification[] }) {
  return (
    <DataTable
      caption="Notifications"
      rows={notifications.slice(-NOTIFICATIONS_SHOWN).toReversed()}
      keyOf={({ at, alarm, topic, to }) => `${at} ${alarm} ${to} ${topic}`}
      empty="No alarm has told anybody anything yet."
      emptyHint="What the alarms’ topic would get is listed here."
      columns={[
        { label: 'When', cell: ({ at }) => <ExactTime at={at} /> },
        { label: 'Alarm', cell: ({ alarm }) => alarm },
        {
          label: 'Change',
          cell: ({ from, to }) => (
            <span class="unbroken">
              <StateBadge state={from} /> → <StateBadge state={to} />
            </span>
          ),
        },
        { label: 'Why', cell: ({ reason }) => <span class="muted">{reason}</span> },
      ]}
    />
  );
}
