import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a client stops: it says at once or when nothing more comes that it has sent everything, or breaks off, or waits. */
export type Ending = 'half-close' | 'half-close-when-quiet' | 'reset' | 'wait';

/** What is sent over a connection. */
export interface Sent {
  /** One after the other, with `pauseMs` between them. */
  readonly pieces: Iterable<Buffer>;
  readonly pauseMs?: number;
  readonly ending: Ending;
}

/** What came back until the connection was closed. */
export interface Exchange {
  readonly text: string;
  /** Status of each answer, in order. */
  readonly statuses: readonly number[];
  /** What the client could write before the server closed. */
  readonly sentBytes: number;
}

const QUIET_MS = 400;

/** Sends bytes over a connection of their own, whatever they are. @throws Error when the server leaves it open so long */
export async function exchange(origin: string, sent: Sent, withinMs = 30_000): Promise<Exchange> {
  const { hostname, port } = new URL(origin);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
  const chunks: Buffer[] = [];
  let changedAt = performance.now();
  socket.on('data', (chunk: Buffer) => {
    changedAt = performance.now();
    chunks.push(chunk);
  });
  socket.on('end', () => socket.end());
  // The server may reset a connection on which it has not read everything.
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  const late = new AbortController();
  const deadline = sleep(withinMs, 'late' as const, { signal: late.signal }).catch(() => undefined);
  const write = async (): Promise<void> => {
    for (const piece of sent.pieces) {
      if (!socket.writable) return;
      const isTaken = socket.write(piece);
      if (!isTaken) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
      if (sent.pauseMs !== undefined) await sleep(sent.pauseMs);
    }
    changedAt = performance.now();
    if (sent.ending === 'half-close-when-quiet')
      while (!socket.closed && performance.now() - changedAt < QUIET_MS) await sleep(QUIET_MS / 10);
    if (sent.ending === 'reset') socket.resetAndDestroy();
    else if (sent.ending !== 'wait') socket.end();
  };
  try {
    const ended = await Promise.race([Promise.all([write(), closed]), deadline]);
    if (ended === 'late') throw new Error(`the connection is open after ${withinMs} ms`);
  } finally {
    late.abort();
    socket.destroy();
  }
  const text = Buffer.concat(chunks).toString('utf8');
  // An answer begins where the body of the one before ends, which need not be the beginning of a line.
  const statuses = [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
  return { text, statuses, sentBytes: socket.bytesWritten };
}
