import { Readable } from 'node:stream';
import type { HttpResponse } from '../http/response.ts';
import type { BusLog } from '../state/types.ts';

/** Which events a stream has: `type` and `aggregate` as `BusLog` takes them. */
export interface EventStreamQuery {
  readonly type: string | undefined;
  readonly aggregate: string | undefined;
  /** Id of the event after which the stream begins; the client names it when it comes back. */
  readonly since: string | undefined;
  /** Without `since`: with so many of the events that are there. */
  readonly last: number;
}

/** A line now and then, so that a connection that nobody holds any more is noticed. */
const HEARTBEAT_MS = 15_000;
const RETRY = 'retry: 1000\n\n';

/** The events of the bus as they come. Source: HTML Living Standard, "Server-sent events". */
export function eventStream(bus: BusLog, query: EventStreamQuery): HttpResponse {
  const ended = new AbortController();
  const read = messages(bus, query, ended.signal);
  const body = new Readable({
    read() {
      const take = ({ value, done }: IteratorResult<string, void>): void => {
        if (!body.destroyed) body.push(done ? null : value);
      };
      read.next().then(take, (error: Error) => body.destroy(error));
    },
    // `Readable.from` would wait for the next event before it ends.
    destroy(error, done) {
      ended.abort();
      done(error);
    },
  });
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, body };
}

/** Reads on only when the client has taken what was read, so that a slow one costs no memory. */
async function* messages(
  bus: BusLog,
  query: EventStreamQuery,
  ended: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const { since, last, ...filter } = query;
  let events = bus.query({ ...filter, since });
  if (since === undefined) events = last === 0 ? [] : events.slice(-last);
  let at = bus.newestId();
  yield RETRY;
  while (!ended.aborted) {
    for (const event of events) yield `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
    const isQuiet = bus.newestId() === at && !(await nextAppend(bus, ended));
    if (isQuiet) yield ': nothing new\n\n';
    events = bus.query({ ...filter, since: at });
    at = bus.newestId();
  }
}

/** @returns whether an event came, before the time of the heartbeat or the end */
function nextAppend(bus: BusLog, ended: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const quiet = (): void => resolve(false);
  const timer = setTimeout(quiet, HEARTBEAT_MS).unref();
  const stop = bus.onAppend(() => resolve(true));
  ended.addEventListener('abort', quiet, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    stop();
    ended.removeEventListener('abort', quiet);
  });
}
