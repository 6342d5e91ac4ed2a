import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { Action } from '../../parts/action.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Field } from '../../parts/field.tsx';
import { ExactTime, Time } from '../../parts/time.tsx';
import { control, controlPath } from './types.ts';

const REFRESH_MS = 5000;

interface SystemClock {
  readonly now: string;
  readonly offsetMs: number;
  readonly schedules: readonly {
    readonly plugin: string;
    readonly schedule: string;
    readonly expression: string;
    readonly next?: string;
  }[];
}

/** The clock of the system, by which schedules run and items expire, and that of the sandbox, by which bills are sent. */
export function Clocks({ sandbox }: { readonly sandbox: string }) {
  const system = useResource<SystemClock>('/dev/clock', { everyMs: REFRESH_MS });
  const provider = useResource<{ readonly now: string }>(controlPath(sandbox, 'health'), {
    everyMs: REFRESH_MS,
  });
  const advanceSystem = async (advance: string): Promise<string> => {
    const { body } = await call<{ readonly ran: readonly unknown[]; readonly expired: number }>(
      '/dev/clock',
      {
        method: 'POST',
        body: { advance },
      },
    );
    system.reload();
    return `It is ${advance} later: ${body.ran.length} schedules ran, ${body.expired} items expired.`;
  };
  const advanceProvider = async (advance: string): Promise<string> => {
    await control(sandbox, 'clock', { advance });
    provider.reload();
    return `At ${sandbox} it is ${advance} later.`;
  };
  return (
    <>
      <div class="columns">
        <Clock name="The system" now={system.data?.now} onAdvance={advanceSystem} />
        <Clock name={`The ${sandbox} sandbox`} now={provider.data?.now} onAdvance={advanceProvider} />
      </div>
      <p class="muted">
        By 30s, 15m, 1h, 2d and the like; clocks go forward only. Signatures and tokens go by real time.
      </p>
      <DataTable
        caption="Schedules of the system"
        rows={system.data?.schedules ?? []}
        keyOf={({ plugin, schedule }) => `${plugin}/${schedule}`}
        empty="No plugin has a schedule."
        columns={[
          { label: 'Schedule', cell: ({ plugin, schedule }) => `${plugin}/${schedule}` },
          { label: 'Expression', cell: ({ expression }) => <code>{expression}</code> },
          {
            label: 'Runs next',
            cell: ({ next }) => (next === undefined ? 'Never' : <ExactTime at={next} />),
          },
        ]}
      />
    </>
  );
}

interface ClockProps {
  readonly name: string;
  readonly now: string | undefined;
  readonly onAdvance: (advance: string) => Promise<string>;
}

function Clock({ name, now, onAdvance }: ClockProps) {
  const [advance, setAdvance] = useState('1h');
  return (
    <div class="stack">
      <h3>{name}</h3>
      <p>
        {now === undefined ? (
          '…'
        ) : (
          <>
            <ExactTime at={now} />{' '}
            <span class="muted">
              (<Time at={now} />)
            </span>
          </>
        )}
      </p>
      <div class="inline-form">
        <Field
          label={`Move ${name.replace(/^The/, 'the')} forward by`}
          name="advance"
          value={advance}
          onInput={setAdvance}
        />
        <Action
          label="Move"
          run={() => onAdvance(advance)}
          disabled={!/^[1-9]\d*[smhd]$/.test(advance)}
          confirm={{
            title: `Move the clock forward by ${advance}?`,
            children: (
              <p>What becomes due happens: schedules, renewals, expiries. It cannot be taken back.</p>
            ),
          }}
        />
      </div>
    </div>
  );
}
