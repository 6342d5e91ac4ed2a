import { useLocation } from 'preact-iso';
import { path, query } from '../../api/client.ts';
import { usePages } from '../../api/use-pages.ts';
import { useSession } from '../../auth/session.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { More } from '../../parts/more.tsx';
import { Money } from '../../parts/money.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Time } from '../../parts/time.tsx';
import { type Filters, PaymentFilters } from './payment-filters.tsx';
import { PaymentBadges } from './payment-badges.tsx';
import type { Payment, PaymentList } from './types.ts';

const PAGE_SIZE = 25;

/** The payments of the caller's tenant, newest first. The filters are in the address, so that a view can be shared. */
export function PaymentsPage() {
  const { query: asked, route } = useLocation();
  const filters: Filters = {
    status: asked['status'] ?? '',
    customerId: asked['customerId'] ?? '',
    from: asked['from'] ?? '',
    to: asked['to'] ?? '',
  };
  const list = `/payments${query({ ...filters, limit: PAGE_SIZE })}`;
  return (
    <Page title="Payments" summary="Newest first. Amounts are exact, in the currency of each payment.">
      <PaymentFilters
        filters={filters}
        onChange={(next) => route(`/console/payments${query({ ...next })}`)}
      />
      <Section title="All payments">
        <PaymentTable
          key={list}
          list={list}
          isFiltered={Object.values(filters).some((value) => value !== '')}
        />
      </Section>
    </Page>
  );
}

interface PaymentTableProps {
  readonly list: string;
  readonly isFiltered: boolean;
}

function PaymentTable({ list, isFiltered }: PaymentTableProps) {
  const { isLocal } = useSession();
  const pages = usePages<PaymentList, Payment>(list, { rowsOf: ({ payments }) => payments });
  return (
    <Loaded resource={pages.first} lines={8}>
      {() => (
        <>
          <DataTable
            caption="Payments"
            rows={pages.rows}
            keyOf={({ id }) => id}
            empty={isFiltered ? 'No payment fits these filters.' : 'There is no payment yet.'}
            emptyHint={!isFiltered && isLocal && <a href="/console/checkout">Make one in the checkout</a>}
            columns={columns}
          />
          <More pages={pages} />
        </>
      )}
    </Loaded>
  );
}

const columns = [
  {
    label: 'Payment',
    cell: ({ id, orderReference }: Payment) => (
      <>
        <a href={path`/console/payments/${id}`}>
          <code>{id}</code>
        </a>
        {orderReference !== undefined && <div class="muted">{orderReference}</div>}
      </>
    ),
  },
  {
    label: 'Amount',
    isNumber: true,
    cell: ({ amountMinor, currency }: Payment) => <Money {...{ amountMinor, currency }} />,
  },
  {
    label: 'Status',
    cell: (payment: Payment) => <PaymentBadges payment={payment} />,
  },
  { label: 'Provider', cell: ({ provider }: Payment) => provider },
  { label: 'Created', cell: ({ createdAt }: Payment) => <Time at={createdAt} /> },
];
