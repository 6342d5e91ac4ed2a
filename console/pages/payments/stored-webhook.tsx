import { path } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { StateBadge } from '../../parts/badge.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { ReadingDialog } from '../../parts/reading-dialog.tsx';
import { ExactTime } from '../../parts/time.tsx';
import type { StoredEvent } from './types.ts';

interface StoredWebhookProps {
  readonly provider: string;
  readonly eventId: string;
}

/** The id of a provider's event, which opens what the inbox has of it. */
export function StoredWebhook({ provider, eventId }: StoredWebhookProps) {
  return (
    <ReadingDialog link={<code>{eventId}</code>} title={`Event of ${provider}`}>
      <Stored {...{ provider, eventId }} />
    </ReadingDialog>
  );
}

function Stored({ provider, eventId }: StoredWebhookProps) {
  const stored = useResource<StoredEvent>(path`/payment-webhooks/${provider}/${eventId}`);
  return (
    <Loaded resource={stored} lines={8}>
      {({ type, objectId, state, attempts, receivedAt, body }) => (
        <>
          <dl class="facts">
            <dt>Event</dt>
            <dd>
              <code>{eventId}</code>
            </dd>
            <dt>Type</dt>
            <dd>
              <code>{type}</code>
            </dd>
            <dt>About</dt>
            <dd>{objectId === null ? 'nothing known' : <code>{objectId}</code>}</dd>
            <dt>State</dt>
            <dd>
              <StateBadge state={state} />
            </dd>
            {attempts > 0 && (
              <>
                <dt>Failed attempts</dt>
                <dd>{attempts}</dd>
              </>
            )}
            <dt>Received</dt>
            <dd>
              <ExactTime at={receivedAt} />
            </dd>
          </dl>
          {body === null ? (
            <p class="muted">Its body is not kept.</p>
          ) : (
            <JsonView label="What the provider sent" value={JSON.parse(body)} />
          )}
        </>
      )}
    </Loaded>
  );
}
