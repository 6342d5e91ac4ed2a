import { useState } from 'preact/hooks';
import { useResource } from '../../api/use-resource.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { SelectField } from '../../parts/field.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { Placeholder } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { ExactTime } from '../../parts/time.tsx';
import type { Plugin } from '../plugins/types.ts';
import type { BusEvent } from './types.ts';
import { type StreamState, useEventStream } from './use-event-stream.ts';

/** What reaches the event bus, as it happens. */
export function EventsPage() {
  const [type, setType] = useState('');
  const [isPaused, setPaused] = useState(false);
  const [shown, setShown] = useState<BusEvent>();
  const { events, state } = useEventStream(type, isPaused);
  const types = useEventTypes();
  return (
    <Page
      title="Events"
      summary="What reaches the event bus, as it happens, the newest first."
      actions={
        <button type="button" onClick={() => setPaused(!isPaused)}>
          {isPaused ? 'Go on' : 'Pause'}
        </button>
      }
    >
      <Section title="The bus" actions={<StreamBadge state={state} />}>
        <div class="filters">
          <SelectField label="Type" name="type" value={type} options={types} onInput={setType} />
        </div>
        <EventList events={events} state={state} onShow={setShown} />
      </Section>
      {shown && (
        <Dialog title={shown.detailType} onClose={() => setShown(undefined)}>
          <JsonView value={shown} label="The whole event" />
          <div class="dialog-actions">
            <button type="button" onClick={() => setShown(undefined)}>
              Close
            </button>
          </div>
        </Dialog>
      )}
    </Page>
  );
}

const STREAM_TEXTS: Readonly<Record<StreamState, readonly [Tone, string]>> = {
  connecting: ['neutral', 'connecting'],
  live: ['good', 'live'],
  lost: ['bad', 'connection lost, trying again'],
  paused: ['warning', 'paused'],
};

function StreamBadge({ state }: { readonly state: StreamState }) {
  const [tone, text] = STREAM_TEXTS[state];
  return (
    <span role="status">
      <Badge tone={tone}>{text}</Badge>
    </span>
  );
}

/** Every type that a plugin publishes, with groups of them. */
function useEventTypes(): Readonly<Record<string, string>> {
  const { data } = useResource<{ readonly plugins: readonly Plugin[] }>('/plugins');
  const published = (data?.plugins ?? []).flatMap(({ events }) => events?.publishes ?? []);
  const types = [
    ...new Set(published.map(({ type, version }) => `${type}.v${version.split('.')[0]}`)),
    'plugin.error.v1',
  ];
  const groups = [...new Set(types.map((type) => type.split('.')[0] ?? type))].sort();
  return {
    '': 'All',
    ...Object.fromEntries(groups.map((group) => [group, `${group}.*`])),
    ...Object.fromEntries(types.sort().map((type) => [type, type])),
  };
}

interface EventListProps {
  readonly events: readonly BusEvent[];
  readonly state: StreamState;
  readonly onShow: (event: BusEvent) => void;
}

function EventList({ events, state, onShow }: EventListProps) {
  if (events.length === 0 && state === 'connecting') return <Placeholder lines={10} />;
  if (events.length === 0) {
    return (
      <EmptyState title="No event has come yet.">
        A payment makes some: <a href="/console/checkout">pay one</a> and look here again.
      </EmptyState>
    );
  }
  return (
    <ol class="event-list" aria-label="Events">
      {events.map((event) => (
        <li key={event.id}>
          <button type="button" onClick={() => onShow(event)}>
            <span class="muted">
              <ExactTime at={event.time} />
            </span>
            <strong>{event.detailType}</strong>
            <span class="muted">{subjectOf(event)}</span>
            <span class="muted">{rulesText(event)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

/** What the event is about, as its envelope says; the source of one that is not of a plugin. */
function subjectOf({ detail, source }: BusEvent): string {
  const { aggregate } = (detail ?? {}) as { readonly aggregate?: { readonly id?: string } };
  return aggregate?.id ?? source;
}

const rulesText = ({ matchedRules: { length } }: BusEvent): string =>
  length === 0 ? 'nobody listens' : `${length} ${length === 1 ? 'listener' : 'listeners'}`;
