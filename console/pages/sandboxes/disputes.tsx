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
/** How each provider is told which of the two a buyer begins. */
const OPENED: Readonly<Record<string, Readonly<Record<'dispute' | 'inquiry', object>>>> = {
  stripe: { dispute: { inquiry: false }, inquiry: { inquiry: true } },
  paypal: { dispute: { stage: 'CHARGEBACK' }, inquiry: { stage: 'INQUIRY' } },
};
/** Statuses of disputes that the bank has still to decide. */
const OPEN: readonly string[] = ['inquiry', 'open', 'under_review'];

/** The last paid payments of one provider, whose buyers can complain. How it ends is among the decisions. */
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
  if (OPEN.includes(disputeStatus)) return <span class="muted">Decide above</span>;
  const open = (kind: 'dispute' | 'inquiry') => async (): Promise<string> => {
    await control(sandbox, 'disputes', { ref: providerRef, ...OPENED[sandbox]?.[kind] });
    onDone();
    return kind === 'dispute'
      ? 'The buyer disputes the payment. The webhook tells the system.'
      : 'The buyer asks about the payment. The webhook tells the system.';
  };
  return (
    <div class="actions">
      <Action
        label="Inquire"
        run={open('inquiry')}
        confirm={{
          title: 'Inquire about this payment?',
          children: (
            <p>
              As the buyer of <code>{id}</code>. The shop is asked before the provider decides anything.
            </p>
          ),
        }}
      />
      <Action
        label="Dispute"
        run={open('dispute')}
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
    </div>
  );
}
