import { useRoute } from 'preact-iso';
import { path, query } from '../../api/client.ts';
import { usePages } from '../../api/use-pages.ts';
import { useResource } from '../../api/use-resource.ts';
import { useSession } from '../../auth/session.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { More } from '../../parts/more.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { PaymentActions } from './payment-actions.tsx';
import { PaymentFacts } from './payment-facts.tsx';
import { Disputes, Refunds } from './payment-records.tsx';
import { Timeline } from './timeline.tsx';
import type { BusEvent, Dispute, Payment, Refund, Transaction, TransactionList } from './types.ts';

const REFRESH_MS = 4000;

/** One payment: what it is, what happened to it, and what can be done with it. */
export function PaymentPage() {
  const { id = '' } = useRoute().params;
  const { isLocal } = useSession();
  const refresh = { everyMs: REFRESH_MS };
  const payment = useResource<Payment>(path`/payments/${id}`, refresh);
  const found = payment.data !== undefined;
  const log = usePages<TransactionList, Transaction>(found ? path`/payments/${id}/transactions` : undefined, {
    rowsOf: ({ transactions }) => transactions,
    ...refresh,
  });
  const refunds = useResource<{ readonly refunds: readonly Refund[] }>(
    found ? path`/payments/${id}/refunds` : undefined,
    refresh,
  );
  const disputes = useResource<{ readonly disputes: readonly Dispute[] }>(
    found ? path`/payments/${id}/disputes` : undefined,
    refresh,
  );
  const events = useResource<{ readonly events: readonly BusEvent[] }>(
    found && isLocal ? `/dev/events${query({ aggregate: id })}` : undefined,
    refresh,
  );
  const changed = (): void =>
    [payment, log.first, refunds, disputes, events].forEach(({ reload }) => reload());
  return (
    <Page
      title="Payment"
      summary={<code>{id}</code>}
      actions={payment.data && <PaymentActions payment={payment.data} onDone={changed} />}
    >
      <Loaded resource={payment} lines={10}>
        {(data) => (
          <>
            <Section title="Facts">
              <PaymentFacts payment={data} />
            </Section>
            <Section title="Timeline">
              <Loaded resource={log.first} lines={6}>
                {() => (
                  <>
                    <Timeline
                      transactions={log.rows}
                      events={events.data?.events ?? []}
                      provider={data.provider}
                    />
                    <More pages={log} />
                  </>
                )}
              </Loaded>
            </Section>
            <Refunds refunds={refunds.data?.refunds ?? []} />
            <Disputes disputes={disputes.data?.disputes ?? []} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
