import { path, query } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { Action } from '../../parts/action.tsx';
import { StateBadge } from '../../parts/badge.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Money } from '../../parts/money.tsx';
import { control, type Payment } from './types.ts';

const REFRESH_MS = 5000;
const LISTED_MAX = 10;
/** Statuses of disputes that the bank has still to decide. */
const OPEN: readonly string[] = ['inquiry', 'open', 'under_review'];

interface Dispute {
  /** As the provider names it. */
  readonly id: string;
  readonly status: string;
}

/** The last paid payments of one provider, whose buyers can complain, and how the bank decides. */
export function Disputes({ sandbox }: { readonly sandbox: string }) {
  const payments = useResource<{ readonly payments: readonly Payment[] }>(
    `/payments${query({ status: 'succeeded', limit: 50 })}`,
    { everyMs: REFRESH_MS },
  );
  return (
    <Loaded resource={payments} lines={3}>
      {(data) => (
        <DataTable
          caption="Paid payments and their disputes"
          rows={data.payments.filter(({ provider }) => provider === sandbox).slice(0, LISTED_MAX)}
          keyOf={({ id }) => id}
          empty="No payment has been paid at this provider."
          emptyHint={<a href="/console/checkout">Order something</a>}
          columns={[
            { label: 'Payment', cell: ({ id }) => <a href={path`/console/payments/${id}`}>{id}</a> },
            {
              label: 'Amount',
              isNumber: true,
              cell: ({ amountMinor, currency }) => <Money amountMinor={amountMinor} currency={currency} />,
            },
            {
              label: 'Dispute',
              cell: ({ disputeStatus }) => <StateBadge state={disputeStatus} />,
            },
            {
              label: '',
              cell: (payment) => <Moves payment={payment} sandbox={sandbox} onDone={payments.reload} />,
            },
          ]}
        />
      )}
    </Loaded>
  );
}

interface MovesProps {
  readonly payment: Payment;
  readonly sandbox: string;
  readonly onDone: () => void;
}

function Moves({ payment, sandbox, onDone }: MovesProps) {
  const { id, providerRef, disputeStatus } = payment;
  if (OPEN.includes(disputeStatus)) return <Decide {...{ payment, sandbox, onDone }} />;
  const open = async (): Promise<string> => {
    await control(sandbox, 'disputes', { ref: providerRef });
    onDone();
    return 'The buyer disputes the payment. The webhook tells the system.';
  };
  return (
    <Action
      label="Dispute"
      run={open}
      tone="danger"
      confirm={{
        title: 'Dispute this payment?',
        children: (
          <p>
            As the buyer of <code>{id}</code>. The provider takes the amount back until the dispute is
            decided.
          </p>
        ),
      }}
    />
  );
}

function Decide({ payment: { id }, sandbox, onDone }: MovesProps) {
  const disputes = useResource<{ readonly disputes: readonly Dispute[] }>(path`/payments/${id}/disputes`);
  const open = disputes.data?.disputes.find(({ status }) => OPEN.includes(status));
  if (open === undefined) return <span class="muted">…</span>;
  const close = (outcome: 'won' | 'lost') => async (): Promise<string> => {
    await control(sandbox, path`disputes/${open.id}/close`, { outcome });
    onDone();
    return `The dispute is ${outcome}.`;
  };
  return (
    <div class="actions">
      <Action label="The shop wins" run={close('won')} />
      <Action label="The buyer wins" run={close('lost')} />
    </div>
  );
}
