import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { Action } from '../../parts/action.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Field, SelectField } from '../../parts/field.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Section } from '../../parts/page.tsx';
import { control, controlPath, type Fault } from './types.ts';

const REFRESH_MS = 3000;

/** What can go wrong, in the words of the control. */
const KINDS: Readonly<
  Record<string, { readonly label: string; readonly fault: Readonly<Record<string, unknown>> }>
> = {
  before: { label: 'Connection cut before it acts', fault: { reset: true } },
  after: { label: 'Connection cut after it acted', fault: { reset: true, after: true } },
  error: { label: 'Answers 500', fault: { status: 500 } },
  busy: { label: 'Answers 429', fault: { status: 429 } },
  slow: { label: 'Answers after 5 s', fault: { delayMs: 5000 } },
};
const METHODS = { '': 'Any', GET: 'GET', POST: 'POST', DELETE: 'DELETE' } as const;

/** Failures that a sandbox is to make, and those that it has still to make. */
export function Faults({ sandbox }: { readonly sandbox: string }) {
  const faults = useResource<{ readonly faults: readonly Fault[] }>(controlPath(sandbox, 'faults'), {
    everyMs: REFRESH_MS,
  });
  const clear = async (): Promise<string> => {
    await call(controlPath(sandbox, 'faults'), { method: 'DELETE' });
    faults.reload();
    return 'Nothing will fail.';
  };
  const hasFaults = (faults.data?.faults.length ?? 0) > 0;
  return (
    <Section title="Faults" actions={<Action label="Remove all" run={clear} disabled={!hasFaults} />}>
      <FaultForm sandbox={sandbox} onDone={faults.reload} />
      <Loaded resource={faults} lines={2}>
        {(data) => (
          <DataTable
            caption="Faults that wait for their requests"
            rows={data.faults.map((fault, index) => ({ ...fault, key: String(index) }))}
            keyOf={({ key }) => key}
            empty="Nothing will fail."
            columns={[
              {
                label: 'Requests',
                cell: ({ method = 'any', path = '' }) => <code>{`${method} …${path}…`}</code>,
              },
              { label: 'What fails', cell: textOf },
              {
                label: 'How often',
                cell: ({ times, share }) => (share === undefined ? `${times ?? '∞'} ×` : `${share * 100} %`),
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}

function textOf({ status, reset, after, delayMs }: Fault): string {
  const what = [
    reset && 'cut',
    status !== undefined && `${status}`,
    delayMs > 0 && `${delayMs} ms late`,
    (reset || after) && (after ? 'after it acted' : 'before it acts'),
  ];
  return what.filter(Boolean).join(' ');
}

function FaultForm({ sandbox, onDone }: { readonly sandbox: string; readonly onDone: () => void }) {
  const [method, setMethod] = useState('POST');
  const [part, setPart] = useState('');
  const [kind, setKind] = useState('after');
  const [times, setTimes] = useState('1');
  const add = async (): Promise<string> => {
    await control(sandbox, 'faults', {
      ...(method !== '' && { method }),
      ...(part !== '' && { path: part }),
      times: Number(times),
      ...KINDS[kind]?.fault,
    });
    onDone();
    return 'The next such request will fail.';
  };
  return (
    <div class="inline-form">
      <SelectField label="Method" name="method" value={method} options={METHODS} onInput={setMethod} />
      <Field label="Part of the path" name="path" value={part} placeholder="/capture" onInput={setPart} />
      <SelectField
        label="What happens"
        name="kind"
        value={kind}
        options={Object.fromEntries(Object.entries(KINDS).map(([key, { label }]) => [key, label]))}
        onInput={setKind}
      />
      <Field label="Times" name="times" type="number" value={times} onInput={setTimes} />
      <Action label="Add" run={add} disabled={!(Number.isInteger(Number(times)) && Number(times) > 0)} />
    </div>
  );
}
