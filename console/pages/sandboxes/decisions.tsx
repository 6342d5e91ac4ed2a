import { useResource } from '../../api/use-resource.ts';
import { Action } from '../../parts/action.tsx';
import { StateBadge } from '../../parts/badge.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { control, controlPath, type Decision } from './types.ts';

const REFRESH_MS = 3000;
const SHOWN_MAX = 20;

/** What payers, banks and the provider can decide now, each with the controls that the sandbox offers for it. */
export function Decisions({ sandbox }: { readonly sandbox: string }) {
  const decisions = useResource<{ readonly decisions: readonly Decision[] }>(
    controlPath(sandbox, `decisions?limit=${SHOWN_MAX}`),
    { everyMs: REFRESH_MS },
  );
  const decide = (name: string, body: unknown, done: string) => async (): Promise<string> => {
    try {
      await control(sandbox, name, body);
    } finally {
      decisions.reload();
    }
    return done;
  };
  return (
    <Loaded resource={decisions} lines={3}>
      {(data) => (
        <DataTable
          caption="What the provider can decide"
          rows={data.decisions.toReversed()}
          keyOf={({ id }) => id}
          empty="There is nothing to decide."
          columns={[
            {
              label: 'What',
              cell: ({ kind, about, id }) => (
                <>
                  {kind} <code>{id}</code>
                  <div class="muted">{about}</div>
                </>
              ),
            },
            {
              label: 'Status',
              cell: ({ status }) => <StateBadge state={status.toLowerCase()} />,
            },
            {
              label: '',
              cell: ({ id, choices }) => (
                <div class="actions">
                  {choices.map(({ label, control: name, body }) => (
                    <Action key={label} label={label} run={decide(name, body, `${label}: ${id}`)} />
                  ))}
                </div>
              ),
            },
          ]}
        />
      )}
    </Loaded>
  );
}
