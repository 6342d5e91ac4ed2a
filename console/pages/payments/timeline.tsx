import { path } from '../../api/client.ts';
import { Badge, StateBadge } from '../../parts/badge.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { ExactTime } from '../../parts/time.tsx';
import { StoredWebhook } from './stored-webhook.tsx';
import type { BusEvent, Transaction } from './types.ts';

interface TimelineProps {
  readonly transactions: readonly Transaction[];
  /** Those of this payment, where the local bus keeps them. */
  readonly events: readonly BusEvent[];
  readonly provider: string;
}

type Entry =
  | { readonly kind: 'change'; readonly at: string; readonly transaction: Transaction }
  | { readonly kind: 'event'; readonly at: string; readonly event: BusEvent };

/** Changes of the payment and the events that they caused, oldest first. */
export function Timeline({ transactions, events, provider }: TimelineProps) {
  const entries: readonly Entry[] = [
    ...transactions.map((transaction) => ({ kind: 'change', at: transaction.at, transaction }) as const),
    ...events.map((event) => ({ kind: 'event', at: event.detail.occurredAt ?? event.time, event }) as const),
  ].sort(byTime);
  return (
    <ol class="timeline">
      {entries.map((entry) =>
        entry.kind === 'change' ? (
          <Change key={entry.transaction.id} transaction={entry.transaction} provider={provider} />
        ) : (
          <EventEntry key={entry.event.id} event={entry.event} />
        ),
      )}
    </ol>
  );
}

/** An event happened with its change, which comes first. */
function byTime(a: Entry, b: Entry): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  if (a.kind !== b.kind) return a.kind === 'change' ? -1 : 1;
  if (a.kind === 'event' && b.kind === 'event')
    return (a.event.detail.sequence ?? 0) - (b.event.detail.sequence ?? 0);
  return 0;
}

const CAUSES: Readonly<Record<string, string>> = {
  api: 'called by',
  webhook: 'told by a webhook',
  reconciler: 'found by the reconciler',
};

function Change({ transaction, provider }: { readonly transaction: Transaction; readonly provider: string }) {
  const { at, from, to, operation, cause, actor, delta, requestId } = transaction;
  return (
    <li>
      <ExactTime at={at} />
      <div>
        <p class="badges">
          {to !== undefined && to !== from && <StateBadge state={to} />}
          {operation !== undefined && (
            <strong>
              {operation.kind.replaceAll('_', ' ')} {operation.status.replaceAll('_', ' ')}
            </strong>
          )}
          <span class="muted">
            {CAUSES[cause.kind] ?? cause.kind} {cause.kind === 'api' ? actor : ''}
          </span>
          {cause.kind === 'webhook' && cause.id !== undefined && (
            <StoredWebhook provider={provider} eventId={cause.id} />
          )}
        </p>
        <details>
          <summary>Details</summary>
          <JsonView
            label="What changed"
            value={{ ...delta, ...(requestId !== undefined && { requestId }) }}
          />
        </details>
      </div>
    </li>
  );
}

function EventEntry({ event: { detailType, detail, time } }: { readonly event: BusEvent }) {
  const traceId = detail.traceparent?.split('-')[1];
  return (
    <li class="event">
      <ExactTime at={detail.occurredAt ?? time} />
      <div>
        <p class="badges">
          <Badge tone="info">event</Badge>
          <code>{detailType}</code>
          {traceId !== undefined && <a href={path`/console/traces/${traceId}`}>trace</a>}
        </p>
        <details>
          <summary>Details</summary>
          <JsonView label={`Data of ${detailType}`} value={detail.data} />
        </details>
      </div>
    </li>
  );
}
