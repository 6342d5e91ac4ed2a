import { useEffect, useRef, useState } from 'preact/hooks';
import { query } from '../../api/client.ts';
import type { BusEvent } from './types.ts';

/** More would make the page slow; the older ones are in `GET /dev/events`. */
const KEPT = 300;

export type StreamState = 'connecting' | 'live' | 'lost' | 'paused';

interface EventStream {
  /** The newest first. */
  readonly events: readonly BusEvent[];
  readonly state: StreamState;
}

/** Follows the bus. While it is paused nothing is read; then all comes that was missed. */
export function useEventStream(type: string, isPaused: boolean): EventStream {
  const [events, setEvents] = useState<readonly BusEvent[]>([]);
  const [state, setState] = useState<StreamState>('connecting');
  const newestId = useRef<string | undefined>(undefined);

  useEffect(() => {
    newestId.current = undefined;
    setEvents([]);
  }, [type]);

  useEffect(() => {
    if (isPaused) {
      setState('paused');
      return;
    }
    setState('connecting');
    const begin = newestId.current === undefined ? { last: KEPT } : { since: newestId.current };
    const source = new EventSource(`/dev/events/stream${query({ type, ...begin })}`);
    // Many come at once at the beginning, and are drawn together.
    let waiting: BusEvent[] = [];
    let frame = 0;
    const draw = (): void => {
      const arrived = waiting.toReversed();
      waiting = [];
      frame = 0;
      setEvents((before) => [...arrived, ...before].slice(0, KEPT));
    };
    source.onopen = () => setState('live');
    source.onerror = () => setState('lost');
    source.onmessage = ({ data }: MessageEvent<string>) => {
      const event = JSON.parse(data) as BusEvent;
      newestId.current = event.id;
      waiting.push(event);
      frame ||= requestAnimationFrame(draw);
    };
    return () => {
      source.close();
      cancelAnimationFrame(frame);
      if (waiting.length > 0) draw();
    };
  }, [type, isPaused]);

  return { events, state };
}
