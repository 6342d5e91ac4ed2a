import { within } from '#runtime/within.ts';
import type { Flow } from '../services.ts';

/** What has to remain for the answer; the runtime refuses with `timed-out` a little later. */
const ANSWER_MS = 400;

/**
 * Waits for what follows a written intent, until it is time to answer. The intent is carried on by whoever comes next,
 * so that the caller is told of it and that its outcome is not known: `timed-out` would say nothing of it.
 * @param doubt the answer then; nothing more can be written
 */
export function answerInTime<T>(flow: Flow, work: Promise<T>, doubt: () => T): Promise<T> {
  return within(work, Math.max(0, flow.remainingMs() - ANSWER_MS), () => {
    flow.log.warn('There was no time left for the outcome of a call');
    flow.log.count('payment.in_doubt');
    return doubt();
  });
}
