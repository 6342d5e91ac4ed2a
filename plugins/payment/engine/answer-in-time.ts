import { within } from '#runtime/within.ts';
import type { Flow } from '../services.ts';

/** Milliseconds kept for the response; a little later the runtime itself answers `timed-out`. */
const ANSWER_MS = 400;

/**
 * Waits for the outcome of a written intent until the response has to be sent. A later invocation resumes the
 * intent, so the client gets 202 with `in_doubt` instead of the runtime's `timed-out`, which names no operation.
 * @param doubt makes the response when time runs out; it cannot write any more
 */
export function answerInTime<T>(flow: Flow, work: Promise<T>, doubt: () => T): Promise<T> {
  return within(work, Math.max(0, flow.remainingMs() - ANSWER_MS), () => {
    flow.log.warn('No time left to wait for the outcome of a provider call');
    flow.log.count('payment.in_doubt');
    return doubt();
  });
}
