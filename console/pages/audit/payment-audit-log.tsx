import { query } from '../../api/client.ts';
import { usePages } from '../../api/use-pages.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { More } from '../../parts/more.tsx';
import { ExactTime } from '../../parts/time.tsx';
import type { PaymentAuditEntry, PaymentAuditPage } from './types.ts';

/** What people did to money beyond the log of a payment, the oldest first. */
export function PaymentAuditLog({ limit }: { readonly limit: number }) {
  const pages = usePages<PaymentAuditPage, PaymentAuditEntry>(`/payments/audit${query({ limit })}`, {
    rowsOf: ({ entries }) => entries,
  });
  return (
    <Loaded resource={pages.first} lines={10}>
      {() => (
        <>
          <DataTable
            caption="Audit of money"
            rows={pages.rows}
            keyOf={({ version }) => String(version)}
            empty="Nobody has done anything that is listed here."
            emptyHint="Deleted customers, payments that were verified by hand and webhooks that were replayed are."
            columns={[
              { label: 'When', cell: ({ at }) => <ExactTime at={at} /> },
              { label: 'Action', cell: ({ action }) => <strong>{action}</strong> },
              { label: 'To', cell: ({ subject }) => <Subject id={subject} /> },
              {
                label: 'By',
                cell: ({ actor, source }) => (
                  <>
                    {actor}
                    {source?.ip !== undefined && <div class="muted">{source.ip}</div>}
                  </>
                ),
              },
              { label: 'Request', cell: ({ requestId }) => <code>{requestId}</code> },
              { label: 'No.', isNumber: true, cell: ({ version }) => version },
            ]}
          />
          <More pages={pages} />
        </>
      )}
    </Loaded>
  );
}

function Subject({ id }: { readonly id: string }) {
  if (!id.startsWith('pay_')) return <code>{id}</code>;
  return (
    <a href={`/console/payments/${encodeURIComponent(id)}`}>
      <code>{id}</code>
    </a>
  );
}
