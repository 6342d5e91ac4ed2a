import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '#testing/client.ts';
import { described } from '../report.ts';
import type { Timeline } from './timeline.ts';

/** How long a client goes on; longer than any pause of the load. */
const GIVES_UP_AFTER_MS = 120_000;
const WAIT_MAX_MS = 2_000;
/** Answers that ask to come again; what clients of payment APIs repeat with the same key. */
const COME_AGAIN = [429, 502, 503, 504];
const IN_PROGRESS = ['operation-in-progress', 'idempotency-in-progress'];

interface Persistent {
  readonly timeline: Timeline;
  readonly kind: string;
  readonly expected: readonly number[];
  readonly send: () => Promise<Answer>;
}

/**
 * Sends until there is a final answer, as a careful client does: again after a cut connection and after an answer that
 * asks for it. @returns undefined when the final answer was another than those expected, or never came
 */
export async function persist({ timeline, kind, expected, send }: Persistent): Promise<Answer | undefined> {
  const untilMs = Date.now() + GIVES_UP_AFTER_MS;
  for (let attempt = 1; Date.now() < untilMs; attempt += 1) {
    const sentAt = performance.now();
    const answer = await send().catch((error: unknown) => String(error));
    const latencyMs = performance.now() - sentAt;
    if (typeof answer === 'string') {
      timeline.record(kind, latencyMs, answer);
    } else if (expected.includes(answer.status)) {
      timeline.record(kind, latencyMs);
      return answer;
    } else {
      timeline.record(kind, latencyMs, described(answer.status, answer.body));
      if (!asksToComeAgain(answer)) return undefined;
    }
    await sleep(waitOf(answer, attempt));
  }
  timeline.record(kind, GIVES_UP_AFTER_MS, 'no final answer');
  return undefined;
}

const asksToComeAgain = ({ status, body }: Answer): boolean =>
  COME_AGAIN.includes(status) || (status === 409 && IN_PROGRESS.includes(body?.code));

function waitOf(answer: Answer | string, attempt: number): number {
  const asked = typeof answer === 'string' ? undefined : answer.headers.get('retry-after');
  return Math.min(
    WAIT_MAX_MS,
    asked === null || asked === undefined ? 100 * 2 ** attempt : 1000 * Number(asked),
  );
}
