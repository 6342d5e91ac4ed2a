import { useResource } from '../../api/use-resource.ts';
import { Action } from '../../parts/action.tsx';
import { StateBadge } from '../../parts/badge.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { SelectField } from '../../parts/field.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Section } from '../../parts/page.tsx';
import { Time } from '../../parts/time.tsx';
import { useToasts } from '../../parts/toasts.tsx';
import { problemOf } from '../../api/problem.ts';
import { control, controlPath, type Delivery, type Webhooks } from './types.ts';

const REFRESH_MS = 3000;
const SHOWN_MAX = 10;
const MODES = {
  auto: 'Sent at once',
  hold: 'Held until they are flushed',
  drop: 'Never sent',
  duplicate: 'Sent twice',
  reverse: 'Newest first',
  tamper: 'Sent with a wrong signature',
} as const;

/** What a sandbox has sent to the system's webhooks, and how it sends. */
export function WebhookDeliveries({ sandbox }: { readonly sandbox: string }) {
  const webhooks = useResource<Webhooks>(controlPath(sandbox, `webhooks?limit=${SHOWN_MAX}`), {
    everyMs: REFRESH_MS,
  });
  const toasts = useToasts();
  const setMode = async (mode: string): Promise<void> => {
    await control(sandbox, 'webhooks', { mode }).catch((error: unknown) => toasts.fail(problemOf(error)));
    webhooks.reload();
  };
  const flush = async (): Promise<string> => {
    await control(sandbox, 'webhooks/flush');
    webhooks.reload();
    return 'Everything that was held is on its way.';
  };
  return (
    <Section title="Webhooks" actions={<Action label="Flush" run={flush} />}>
      <Loaded resource={webhooks} lines={6}>
        {({ mode, deliveries }) => (
          <>
            <div class="filters">
              <SelectField
                label="Webhooks are"
                name="mode"
                value={mode}
                options={MODES}
                onInput={(value) => void setMode(value)}
              />
            </div>
            <Deliveries rows={deliveries.toReversed()} sandbox={sandbox} onDone={webhooks.reload} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Deliveries({
  rows,
  sandbox,
  onDone,
}: {
  readonly rows: readonly Delivery[];
  readonly sandbox: string;
  readonly onDone: () => void;
}) {
  const resend = (id: string) => async (): Promise<string> => {
    await control(sandbox, 'webhooks/resend', { id });
    onDone();
    return 'It is sent again.';
  };
  return (
    <DataTable
      caption="Deliveries, the newest first"
      rows={rows}
      keyOf={({ id }) => id}
      empty="Nothing has been sent."
      columns={[
        {
          label: 'Event',
          cell: ({ type, object }) => (
            <>
              {type}
              <div class="muted">
                <code>{object}</code>
              </div>
            </>
          ),
        },
        { label: 'State', cell: ({ state }) => <StateBadge state={state} /> },
        {
          label: 'Answers',
          cell: ({ attempts }) => attempts.map(({ status, error }) => status ?? error).join(', ') || '–',
        },
        {
          label: 'Last attempt',
          cell: ({ attempts }) => {
            const at = attempts.at(-1)?.at;
            return at === undefined ? '–' : <Time at={at} />;
          },
        },
        { label: '', cell: ({ id }) => <Action label="Send again" run={resend(id)} /> },
      ]}
    />
  );
}
