import { platformProblem } from '../contract/errors.ts';

/** Time that the caller keeps for its own answer once the called function has answered or given up. */
const CALLER_ANSWER_MS = 200;
/** The called function answers before its deadline; this much later the caller stops waiting for it. */
const GRACE_MS = 100;

interface CallDeadline {
  /** When the called function has to have answered, in epoch milliseconds. */
  readonly deadlineAt: number;
  /** Ends the wait for it. */
  readonly abortSignal: AbortSignal;
}

/** The deadline of a call within an invocation. @throws ProblemError 503 `timed-out` when there is no time for it */
export function deadlineWithin(remainingMs: number): CallDeadline {
  const leftMs = remainingMs - CALLER_ANSWER_MS;
  if (leftMs <= 0) {
    throw platformProblem('timed-out', {
      detail: 'There was no time left for the call, which was not made.',
    });
  }
  return { deadlineAt: Date.now() + leftMs, abortSignal: AbortSignal.timeout(leftMs + GRACE_MS) };
}

interface Timed {
  getRemainingTimeInMillis?(): number;
}

/** The context of an invocation that has to end at `deadlineAt`, or before that at the function's own time limit. */
export function endingBy<C extends Timed>(lambda: C, deadlineAt: number | undefined): C {
  if (deadlineAt === undefined) return lambda;
  const own = () => lambda.getRemainingTimeInMillis?.() ?? Infinity;
  return { ...lambda, getRemainingTimeInMillis: () => Math.max(0, Math.min(own(), deadlineAt - Date.now())) };
}
