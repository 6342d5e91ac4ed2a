import { useState } from 'preact/hooks';
import { call, path, query } from '../../api/client.ts';
import { type Resource, useResource } from '../../api/use-resource.ts';
import { Action } from '../../parts/action.tsx';
import { Badge } from '../../parts/badge.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Section } from '../../parts/page.tsx';
import { Time } from '../../parts/time.tsx';
import { DifferenceList } from './difference-list.tsx';
import type { ConfigDifference, ConfigVersion } from './types.ts';

interface HistoryProps {
  readonly plugin: string;
  /** The version in force. */
  readonly current: { readonly label: string; readonly version: string };
  readonly versions: Resource<{ readonly versions: readonly ConfigVersion[] }>;
  /** Called when another version came into force. */
  readonly onChange: () => void;
}

/** The versions that are kept, each with what it would change, and the way back to it. */
export function History({ plugin, current, versions, onChange }: HistoryProps) {
  const [compared, setCompared] = useState<string>();
  return (
    <Section title="Versions">
      <Loaded resource={versions} lines={3}>
        {({ versions: rows }) => (
          <DataTable
            caption={`Versions of the configuration of ${plugin}`}
            rows={rows}
            keyOf={({ version }) => version}
            empty="There is no version yet."
            columns={[
              {
                label: 'Version',
                cell: ({ label, inForce }) => (
                  <>
                    {label} {inForce && <Badge tone="good">in force</Badge>}
                  </>
                ),
              },
              { label: 'Written', cell: ({ updatedAt }) => (updatedAt ? <Time at={updatedAt} /> : '') },
              { label: 'By', cell: ({ updatedBy }) => updatedBy ?? '' },
              { label: 'Changed', cell: ({ changed = [] }) => <code>{changed.join(', ')}</code> },
              {
                label: '',
                cell: ({ label, inForce }) =>
                  !inForce && (
                    <div class="actions">
                      <button type="button" onClick={() => setCompared(label)}>
                        Compare
                      </button>
                      <Rollback {...{ plugin, current, label, onChange }} />
                    </div>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {compared !== undefined && (
        <Dialog title={`From ${compared} to ${current.label}`} onClose={() => setCompared(undefined)}>
          <Difference plugin={plugin} from={compared} to={current.label} />
          <div class="dialog-actions">
            <button type="button" onClick={() => setCompared(undefined)}>
              Close
            </button>
          </div>
        </Dialog>
      )}
    </Section>
  );
}

interface DifferenceProps {
  readonly plugin: string;
  readonly from: string;
  readonly to: string;
}

function Difference({ plugin, from, to }: DifferenceProps) {
  const difference = useResource<{ readonly changes: readonly ConfigDifference[] }>(
    path`/plugins/${plugin}/config/diff` + query({ from, to }),
  );
  return (
    <Loaded resource={difference} lines={2}>
      {({ changes }) => <DifferenceList changes={changes} />}
    </Loaded>
  );
}

interface RollbackProps extends Pick<HistoryProps, 'plugin' | 'current' | 'onChange'> {
  readonly label: string;
}

function Rollback({ plugin, current, label, onChange }: RollbackProps) {
  const run = async (): Promise<string> => {
    await call(path`/plugins/${plugin}/config/rollback`, {
      method: 'POST',
      headers: { 'if-match': `"${current.version}"` },
      body: { version: label },
    });
    onChange();
    return `${label} is in force again.`;
  };
  return (
    <Action
      label="Roll back"
      run={run}
      confirm={{
        title: `Return to ${label}?`,
        children: (
          <>
            <p>
              The plugin is started on it first; if it does not start, nothing changes. This is what changes:
            </p>
            <Difference plugin={plugin} from={current.label} to={label} />
          </>
        ),
      }}
    />
  );
}
