import { StateBadge } from '../../parts/badge.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Money } from '../../parts/money.tsx';
import { Section } from '../../parts/page.tsx';
import { ExactTime, Time } from '../../parts/time.tsx';
import type { Dispute, Refund } from './types.ts';

/** The refunds of a payment; nothing without any. */
export function Refunds({ refunds }: { readonly refunds: readonly Refund[] }) {
  if (refunds.length === 0) return null;
  return (
    <Section title="Refunds">
      <DataTable
        caption="Refunds"
        rows={refunds}
        keyOf={({ id }) => id}
        empty="There is no refund."
        columns={refundColumns}
      />
    </Section>
  );
}

/** The disputes of a payment; nothing without any. */
export function Disputes({ disputes }: { readonly disputes: readonly Dispute[] }) {
  if (disputes.length === 0) return null;
  return (
    <Section title="Disputes">
      <DataTable
        caption="Disputes"
        rows={disputes}
        keyOf={({ id }) => id}
        empty="There is no dispute."
        columns={disputeColumns}
      />
    </Section>
  );
}

const refundColumns = [
  { label: 'Refund', cell: ({ id }: Refund) => <code>{id}</code> },
  {
    label: 'Amount',
    isNumber: true,
    cell: ({ amountMinor, currency }: Refund) => <Money {...{ amountMinor, currency }} />,
  },
  { label: 'Status', cell: ({ status }: Refund) => <StateBadge state={status} /> },
  { label: 'Reason', cell: ({ reason }: Refund) => reason?.replaceAll('_', ' ') ?? '' },
  { label: 'Made by', cell: ({ origin }: Refund) => (origin === 'api' ? 'the API' : origin) },
  { label: 'Created', cell: ({ createdAt }: Refund) => <Time at={createdAt} /> },
];

const disputeColumns = [
  { label: 'Dispute', cell: ({ id }: Dispute) => <code>{id}</code> },
  {
    label: 'Amount',
    isNumber: true,
    cell: ({ amountMinor, currency }: Dispute) => <Money {...{ amountMinor, currency }} />,
  },
  { label: 'Status', cell: ({ status }: Dispute) => <StateBadge state={status} /> },
  { label: 'Reason', cell: ({ reason }: Dispute) => reason?.replaceAll('_', ' ') ?? '' },
  { label: 'Answer by', cell: ({ dueBy }: Dispute) => (dueBy === undefined ? '' : <ExactTime at={dueBy} />) },
];
